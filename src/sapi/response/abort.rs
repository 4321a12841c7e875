//! The user abort: tells PHP that a client has left, and decides whether that ends the script.

use std::cell::Cell;
use std::time::Instant;

use super::output;
use crate::sapi::ffi::{self, CONNECTION_ABORTED};
use crate::stream::{Bailout, GRACE};
use crate::zend::engine::guarded;
use crate::zend::globals;

thread_local! {
    /// The moment at which the API told the script that its client is gone.
    static TOLD: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Forgets that the script was told. Called when a request begins, and when it ends: what the server does then is
/// its own affair.
pub(crate) fn forget_told() {
    TOLD.set(None);
}

/// True if the script was told that its client is gone.
pub(crate) fn is_told() -> bool {
    TOLD.get().is_some()
}

/// Notes that the API has told the script that its client is gone. Who knows may go on for a while: what
/// is output meanwhile goes nowhere, and only after that it ends the script.
pub(crate) fn note_told() {
    if TOLD.get().is_none() {
        TOLD.set(Some(Instant::now()));
    }
    note_client_gone();
}

/// Lets PHP know that the client is gone; it ends the script, unless that wants to go on, or was told a
/// moment ago. The caller owns nothing.
pub(crate) fn abort_unless_told() {
    if TOLD.get().is_none_or(|told| told.elapsed() >= GRACE) {
        abort();
    }
}

/// The same, if PHP has found it out.
pub(crate) fn abort_if_gone() {
    if client_is_gone() {
        abort_unless_told();
    }
}

/// True if PHP knows that the client is gone.
pub(crate) fn client_is_gone() -> bool {
    globals::core(|core| core.connection_status & CONNECTION_ABORTED != 0)
}

/// Runs `write` so that a client that is gone makes it return instead of ending the script. What the
/// script outputs itself after that finds the client gone as ever, and ends it.
///
/// # Errors
///
/// [`Bailout`] when something else bailed out of it.
pub(crate) fn without_abort(write: impl FnOnce()) -> Result<(), Bailout> {
    let knew = client_is_gone();
    let status = output::status();
    let before = ignore_user_abort(true);
    let result = guarded(write);
    ignore_user_abort(before);
    if !knew && client_is_gone() {
        output::set_status(status);
    }
    result
}

/// Runs `write`, which nothing can bail out of but the client's being gone, so that it returns.
pub(crate) fn ignoring_abort<R>(write: impl FnOnce() -> R) -> R {
    let before = ignore_user_abort(true);
    let result = write();
    ignore_user_abort(before);
    result
}

/// Has `connection_aborted()` say that the client is gone, and does no more: output stays on, so that
/// what the script outputs next finds it out as well, and ends the script as PHP would.
pub(crate) fn note_client_gone() {
    globals::core(|core| core.connection_status |= CONNECTION_ABORTED);
}

/// Lets PHP know that the client is gone; it ends the script, unless that wants to go on. The caller owns
/// nothing: it may `longjmp`.
pub(crate) fn abort() {
    // SAFETY: a request is active. It bails out unless aborts are ignored: callers own nothing, up to the engine, or
    // to a guard.
    unsafe { ffi::php_handle_aborted_connection() };
}

/// Sets whether the script goes on when the client is gone; returns what was set before.
fn ignore_user_abort(ignore: bool) -> bool {
    globals::core(|core| std::mem::replace(&mut core.ignore_user_abort, ignore))
}

/// True if the script wants to go on when its client is gone.
pub(crate) fn ignores_user_abort() -> bool {
    globals::core(|core| core.ignore_user_abort)
}
