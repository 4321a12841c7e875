//! Where a request begins and ends, for whatever is kept by thread or process.
//!
//! On most servers that is where the engine says so, RINIT and RSHUTDOWN. In FrankenPHP's worker mode one run of
//! a script answers many requests, of which the engine knows nothing: the server activates and deactivates its
//! SAPI around each, in between two that are the script's own. So there a request begins with the activation, and
//! ends at RSHUTDOWN or the deactivation, whichever comes first. In classic mode that is RSHUTDOWN, as everywhere;
//! in worker mode it comes only after `exit()` or a fatal error.
//!
//! **Invariant**: each request that has begun ends once, before the next one begins; `is_over` comes last.

use std::cell::Cell;
use std::ffi::c_int;

use ext_php_rs::ffi::sapi_module;
use once_cell::sync::OnceCell;

use super::ffi::{self, Activate};
use super::server::kind::Server;

/// What those above do then.
#[derive(Clone, Copy)]
pub(crate) struct Callbacks {
    pub(crate) begin: fn(),
    /// The engine runs, and output goes to the client.
    pub(crate) end: fn(),
    /// Nothing of the request is left.
    pub(crate) is_over: fn(),
}

static CALLBACKS: OnceCell<Callbacks> = OnceCell::new();

/// The SAPI's own `activate` and `deactivate`, where they are hooked.
static ORIGINALS: OnceCell<(Option<Activate>, Option<Activate>)> = OnceCell::new();

/// How far a request has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// There is none, or nothing of it is left.
    Over,
    Open,
    /// `end` is running; or it was left by a bailout, and is not to run again.
    Ending,
}

thread_local! {
    static STAGE: Cell<Stage> = const { Cell::new(Stage::Over) };
}

/// Installs the hooks, on the server that needs them. Called once, at module start-up.
pub(crate) fn install(callbacks: Callbacks) {
    // After a restart of PHP in the same process they are there already, the same.
    let _ = CALLBACKS.set(callbacks);
    if Server::current() != Server::FrankenPhp {
        return;
    }
    let module = &raw mut sapi_module;
    // SAFETY: as `hooks::install`.
    let module = unsafe { &mut *module };
    let _ = ORIGINALS.set((module.activate, module.deactivate));
    module.activate = Some(activate);
    module.deactivate = Some(deactivate);
}

/// Removes the hooks. Called once, at module shutdown.
pub(crate) fn remove() {
    let Some((activate, deactivate)) = ORIGINALS.get() else { return };
    let module = &raw mut sapi_module;
    // SAFETY: as `hooks::remove`.
    let module = unsafe { &mut *module };
    module.activate = *activate;
    module.deactivate = *deactivate;
}

/// True if this thread has a request to answer.
pub(crate) fn is_within_request() -> bool {
    STAGE.get() != Stage::Over
}

/// RINIT.
pub(crate) fn request_starts_up() {
    if ORIGINALS.get().is_none() {
        begin();
    }
}

/// RSHUTDOWN.
pub(crate) fn request_shuts_down() {
    end();
}

/// After everybody's RSHUTDOWN.
pub(crate) fn request_is_deactivated() {
    if let Some(callbacks) = CALLBACKS.get() {
        (callbacks.is_over)();
    }
}

fn begin() {
    if let Some(callbacks) = CALLBACKS.get() {
        STAGE.set(Stage::Open);
        (callbacks.begin)();
    }
}

fn end() {
    if let Some(callbacks) = CALLBACKS.get().filter(|_| STAGE.get() == Stage::Open) {
        STAGE.set(Stage::Ending);
        (callbacks.end)();
        STAGE.set(Stage::Over);
    }
}

/// Our `activate`.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn activate() -> c_int {
    begin();
    match ORIGINALS.get().and_then(|(activate, _)| *activate) {
        // SAFETY: called as the engine does; this frame owns nothing.
        Some(original) => unsafe { original() },
        None => 0,
    }
}

/// Our `deactivate`. PHP's output, which the server has ended before, is there once more for what the end of a
/// stream runs.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn deactivate() -> c_int {
    if STAGE.get() == Stage::Open {
        // SAFETY: as the server does when the next request begins.
        unsafe { ffi::php_output_activate() };
        end();
        // SAFETY: as the server has done before. A bailout of an output callback leaves nothing of ours behind.
        unsafe { ffi::php_output_deactivate() };
        request_is_deactivated();
    }
    match ORIGINALS.get().and_then(|(_, deactivate)| *deactivate) {
        // SAFETY: called as the engine does; this frame owns nothing.
        Some(original) => unsafe { original() },
        None => 0,
    }
}
