//! The hook on the SAPI's write function: every byte of a response passes here, whoever wrote it.
//!
//! It remembers where in the event stream the last byte stands. Installed once at module start-up,
//! before FPM forks; it hands every call on, and owns nothing while it does, because the original may
//! `longjmp` out of it.

use std::cell::Cell;
use std::ffi::c_char;

use ext_php_rs::ffi::sapi_module;
use once_cell::sync::OnceCell;

use super::ffi::UbWrite;
use crate::stream::Tail;

static ORIGINAL: OnceCell<UbWrite> = OnceCell::new();

thread_local! {
    /// The tail of this thread's response.
    static TAIL: Cell<Tail> = const { Cell::new(Tail::START) };
    /// Whether something was written that was not flushed since.
    static UNFLUSHED: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hook. Called once, at module start-up.
pub(crate) fn install() {
    let module = &raw mut sapi_module;
    // SAFETY: `sapi_module` is the process's SAPI, set before any module starts up.
    let original = unsafe { (*module).ub_write };
    if let Some(original) = original
        && ORIGINAL.set(original).is_ok()
    {
        // SAFETY: modules start up on one thread, before the first request could write.
        unsafe { (*module).ub_write = Some(ub_write) };
    }
}

/// Removes the hook. Called once, at module shutdown: our code may be unmapped after it.
pub(crate) fn remove() {
    let module = &raw mut sapi_module;
    if let Some(original) = ORIGINAL.get() {
        // SAFETY: as in `install`; modules shut down on one thread, after the last request.
        unsafe { (*module).ub_write = Some(*original) };
    }
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    TAIL.set(Tail::START);
    UNFLUSHED.set(false);
}

/// The end of what was written to the response last.
pub(super) fn tail() -> Tail {
    TAIL.get()
}

/// Whether something was written that [`flushed`] was not told of.
pub(super) fn has_unflushed() -> bool {
    UNFLUSHED.get()
}

/// Notes that all is flushed.
pub(super) fn flushed() {
    UNFLUSHED.set(false);
}

/// Writes to the SAPI, past PHP's output buffers. The headers must be out.
///
/// May `longjmp`, unless the request ignores user aborts.
pub(super) fn write(bytes: &[u8]) -> usize {
    // SAFETY: the pointer and length are those of a slice that outlives the call.
    unsafe { ub_write(bytes.as_ptr().cast(), bytes.len()) }
}

/// Our `ub_write`.
///
/// # Safety
///
/// As the SAPI's own: `bytes` points to `length` readable bytes.
unsafe extern "C" fn ub_write(bytes: *const c_char, length: usize) -> usize {
    let Some(original) = ORIGINAL.get() else { return 0 };
    if !bytes.is_null() {
        // SAFETY: the caller vouches for the bytes; they are only read, before the call below.
        let written = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
        TAIL.set(TAIL.get().after(written));
        UNFLUSHED.set(true);
    }
    // SAFETY: the arguments are passed on as they came. If the original bails out, this frame owns
    // nothing that could leak.
    unsafe { original(bytes, length) }
}
