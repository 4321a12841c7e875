//! Lets `header()`, `setcookie()` and their kin run without an error after a stream has sent its head.
//!
//! Scripts call them, and frameworks that do not know of the stream; PHP would warn each time. Here the function runs
//! as if the head were open, on a head of its own that goes nowhere.
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
    /// True if the head of this response was sent by a stream of ours, or by an answer in place of one.
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
    /// True while a function runs as if the head were open.
    static PRETENDS: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hook on single headers. Called once, at module start-up.
pub(crate) fn install() {
    let module = &raw mut sapi_module;
    // SAFETY: as in `hooks::install`: the process's one SAPI, on the one thread of start-up, referred to by nobody
    // else.
    let module = unsafe { &mut *module };
    if let Some(original) = module.header_handler {
        let _ = ORIGINAL.set(original);
        module.header_handler = Some(header_handler);
    }
}

/// Removes the hook. Called once, at module shutdown.
pub(crate) fn remove() {
    if let Some(original) = ORIGINAL.get() {
        let module = &raw mut sapi_module;
        // SAFETY: as in `hooks::remove`: one thread, after the last request; a field is set.
        unsafe { (*module).header_handler = Some(*original) };
    }
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    IS_OURS.set(false);
    PRETENDS.set(false);
}

/// Makes changes to the head of this response no error from now on.
pub(crate) fn forgive() {
    IS_OURS.set(true);
}

/// True while a function runs as if the head were open: nothing may reach the server then.
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

/// Returns a head of the same status, without a header.
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
    // SAFETY: a list of headers that was taken out of the engine's globals, so that nobody else has it; its own
    // destructor frees each. It only frees, and cannot bail out.
    unsafe { ffi::zend_llist_clean(&raw mut head.headers) };
    for text in [head.mimetype, head.http_status_line] {
        if !text.is_null() {
            // SAFETY: not null, and an allocation of the request's memory, which nobody else has.
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
        // SAFETY: the server's own function, with the arguments as they came. It may bail out: this frame owns
        // nothing.
        Some(original) if !pretends() => unsafe { original(header, operation, headers) },
        _ => NOT_ADDED,
    }
}
