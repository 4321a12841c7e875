//! What scripts, and frameworks that do not know, do to the head of a response after a stream of ours has
//! sent it: `header()`, `setcookie()`, `session_start()` and their kin. PHP would call each an error. Here
//! it is none, and does nothing to the response: the function runs as if the head were open, on a head of
//! its own that goes nowhere.
//!
//! **Invariant**: outside of [`as_if_open`] the engine, and `headers_sent()`, see the head that was sent.

use std::cell::Cell;
use std::ffi::c_int;
use std::ptr::null_mut;

use ext_php_rs::ffi::{sapi_header_op_enum, sapi_header_struct, sapi_headers_struct, sapi_module};
use once_cell::sync::OnceCell;

use super::headers::reopened;
use super::output;
use crate::zend::bailout::unwind;
use crate::zend::{ffi, globals};

/// `sapi_module_struct.header_handler`, `main/SAPI.h`.
type HeaderHandler = unsafe extern "C" fn(
    header: *mut sapi_header_struct,
    operation: sapi_header_op_enum,
    headers: *mut sapi_headers_struct,
) -> c_int;

static ORIGINAL: OnceCell<HeaderHandler> = OnceCell::new();

thread_local! {
    /// Whether the head of this response was sent by a stream of ours, or by an answer in place of one.
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
    /// Whether a function runs as if the head were open.
    static PRETENDS: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hook on single headers. Called once, at module start-up.
pub(crate) fn install() {
    let module = &raw mut sapi_module;
    // SAFETY: as `hooks::install`.
    let module = unsafe { &mut *module };
    if let Some(original) = module.header_handler
        && ORIGINAL.set(original).is_ok()
    {
        module.header_handler = Some(header_handler);
    }
}

/// Removes the hook. Called once, at module shutdown.
pub(crate) fn remove() {
    if let Some(original) = ORIGINAL.get() {
        let module = &raw mut sapi_module;
        // SAFETY: as `hooks::remove`.
        unsafe { (*module).header_handler = Some(*original) };
    }
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    IS_OURS.set(false);
    PRETENDS.set(false);
}

/// From now on, what is done to the head of this response is no error.
pub(crate) fn forgive() {
    IS_OURS.set(true);
}

/// Whether a function runs as if the head were open, so that nothing may reach the server.
pub(crate) fn pretends() -> bool {
    PRETENDS.get()
}

/// Calls a function of PHP's that looks at the head, or changes it. It may bail out, as the function may.
pub(crate) fn as_if_open(function: &mut dyn FnMut()) {
    if !IS_OURS.get() || PRETENDS.get() {
        return function();
    }
    let sent = globals::sapi(|sapi| {
        let sent = sapi.sapi_headers;
        std::mem::replace(&mut sapi.sapi_headers, empty_like(sent))
    });
    PRETENDS.set(true);
    let result = reopened(|| output::as_if_unsent(function));
    PRETENDS.set(false);
    let scratch = globals::sapi(|sapi| std::mem::replace(&mut sapi.sapi_headers, sent));
    free(scratch);
    if result.is_err() {
        unwind();
    }
}

/// A head of the same status, without a header.
fn empty_like(head: sapi_headers_struct) -> sapi_headers_struct {
    let mut empty = head;
    empty.headers.head = null_mut();
    empty.headers.tail = null_mut();
    empty.headers.count = 0;
    empty.headers.traverse_ptr = null_mut();
    empty.mimetype = null_mut();
    empty.http_status_line = null_mut();
    empty
}

fn free(mut head: sapi_headers_struct) {
    // SAFETY: a list of headers that nobody else has; each is freed as the list's own destructor does.
    unsafe { ffi::zend_llist_clean(&raw mut head.headers) };
    for text in [head.mimetype, head.http_status_line] {
        if !text.is_null() {
            // SAFETY: the engine's own allocation, which nobody else has.
            unsafe { ext_php_rs::alloc::efree(text.cast()) };
        }
    }
}

/// Our `header_handler`: httpd's memory is not touched for a header that goes nowhere.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn header_handler(
    header: *mut sapi_header_struct,
    operation: sapi_header_op_enum,
    headers: *mut sapi_headers_struct,
) -> c_int {
    const NOT_ADDED: c_int = 0;
    match ORIGINAL.get() {
        // SAFETY: the arguments are passed on as they came; this frame owns nothing.
        Some(original) if !pretends() => unsafe { original(header, operation, headers) },
        _ => NOT_ADDED,
    }
}
