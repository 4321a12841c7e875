//! Hooks the SAPI's `send_headers`, and makes the head of a stream right before it goes out.
//!
//! There all that the script, a framework and a `header_register_callback()` have set has come together. Only streams
//! of ours are touched: those of `start()`, those that go out with what `Sse::headers()` gave, and with `sse.adopt`
//! those that other code opens.

use std::cell::Cell;
use std::ffi::c_int;

use ext_php_rs::ffi::{sapi_headers_struct, sapi_module};
use once_cell::sync::OnceCell;

use super::response::{coding, headers, late_head};
use super::server::apache_variables;
use super::server::kind::Server;
use super::{adoption, negotiation};
use crate::stream::{Bailout, NOT_FOR_A_STREAM, coding_headers, last_headers, proxy_headers};
use crate::zend::bailout;

/// `sapi_module_struct.send_headers`, `main/SAPI.h`.
type SendHeaders = unsafe extern "C" fn(headers: *mut sapi_headers_struct) -> c_int;

static ORIGINAL: OnceCell<SendHeaders> = OnceCell::new();

/// The owner of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// Other code's.
    None,
    /// A stream's, if it says so: the script has asked for the headers of one.
    Asked,
    /// A stream's that is being opened.
    Opening,
}

thread_local! {
    static CLAIM: Cell<Claim> = const { Cell::new(Claim::None) };
}

/// Installs the hook. Called once, at module start-up.
pub(crate) fn install() {
    let module = &raw mut sapi_module;
    // SAFETY: as in `hooks::install`: the process's one SAPI, on the one thread of start-up, referred to by nobody
    // else.
    let module = unsafe { &mut *module };
    if let Some(original) = module.send_headers {
        let _ = ORIGINAL.set(original);
        module.send_headers = Some(send_headers);
    }
}

/// Removes the hook. Called once, at module shutdown.
pub(crate) fn remove() {
    if let Some(original) = ORIGINAL.get() {
        let module = &raw mut sapi_module;
        // SAFETY: as in `hooks::remove`: one thread, after the last request; a field is set.
        unsafe { (*module).send_headers = Some(*original) };
    }
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    CLAIM.set(Claim::None);
}

/// Notes that the script has asked for the headers of a stream, to send them itself.
pub(crate) fn note_asked() {
    CLAIM.set(Claim::Asked);
}

/// Runs `send`: the head that it sends is that of a stream.
///
/// # Errors
///
/// Those of `send`. If the head is not out then, it is the script's again.
pub(crate) fn of_stream(send: impl FnOnce() -> Result<(), Bailout>) -> Result<(), Bailout> {
    let before = CLAIM.replace(Claim::Opening);
    let result = send();
    CLAIM.set(before);
    result
}

/// Our `send_headers`.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn send_headers(sapi_headers: *mut sapi_headers_struct) -> c_int {
    const SENT: c_int = 1;
    let Some(original) = ORIGINAL.get() else { return -1 };
    if late_head::pretends() {
        return SENT;
    }
    amend();
    if bailout::is_due() {
        // An error handler of the script's has not returned; this frame owns nothing.
        bailout::unwind();
    }
    // SAFETY: the server's own function, with the argument as it came. It may bail out: this frame owns nothing.
    let sent = unsafe { original(sapi_headers) };
    // Not before: some servers write the head by our own hook.
    coding::begin();
    sent
}

fn amend() {
    let is_adopted = adoption::is_to_be_adopted();
    let claim = CLAIM.get();
    let says_so = claim == Claim::Asked && headers::is_event_stream() && headers::status() == 200;
    if claim == Claim::Asked {
        let _ = headers::reopened(|| negotiation::keep_promise(says_so));
    }
    // The engine counts the head as sent while it is being sent. What cannot be set costs buffering at most.
    let _ = match claim {
        Claim::Opening => headers::reopened(make_stream),
        _ if is_adopted || says_so => headers::reopened(|| headers::apply(proxy_headers().into())),
        _ => return,
    };
    if claim != Claim::None && Server::current() == Server::Apache {
        apache_variables::switch_compression_off();
    }
    if is_adopted {
        adoption::note_head();
    }
}

/// Undoes what was done to the head of a stream since `start()` set it.
fn make_stream() -> Result<(), Bailout> {
    headers::remove(&NOT_FOR_A_STREAM)?;
    if headers::status() != 200 {
        headers::set_status(200)?;
    }
    headers::apply(last_headers(headers::is_event_stream()))?;
    let Some(Ok(coding)) = coding::choice() else { return Ok(()) };
    headers::apply(coding_headers(true, Some(coding)))?;
    if headers::is_coded_as(coding) {
        coding::note_due(coding);
    }
    Ok(())
}
