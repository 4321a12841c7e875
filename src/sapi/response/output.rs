//! PHP's output buffers: looks at them, closes them, goes past them.

use std::cell::Cell;
use std::ffi::c_int;

use ext_php_rs::types::Zval;

use crate::sapi::ffi::{self, HANDLER_FLUSHABLE, HANDLER_REMOVABLE, OUTPUT_DISABLED, OUTPUT_SENT};
use crate::stream::{Bailout, Tail};
use crate::zend::engine::{self, guarded};

/// Output handlers that compress, by the names they register under.
const COMPRESSORS: [&str; 3] =
    ["zlib output compression", "ob_gzhandler", "brotli output compression"];

thread_local! {
    /// True once this response's output buffers were taken from the script.
    static BUFFERS_TAKEN: Cell<bool> = const { Cell::new(false) };
}

/// Returns how many output buffers are open.
pub(crate) fn level() -> usize {
    // SAFETY: only reads the output globals of this thread.
    usize::try_from(unsafe { ffi::php_output_get_level() }).unwrap_or(0)
}

/// Returns the name of the output handler that compresses the response, if one is open.
pub(crate) fn compressor() -> Option<&'static str> {
    COMPRESSORS.into_iter().find(|name| {
        // SAFETY: compares the `len` readable bytes of the name with those of the open handlers; it only reads.
        unsafe { ffi::php_output_handler_started(name.as_ptr().cast(), name.len()) }
    })
}

/// Returns the innermost open buffer as it is now: its `data` is valid until the next call into the engine.
fn active_handler() -> Option<ffi::OutputHandler> {
    // SAFETY: only reads the output globals of this thread.
    let handler = unsafe { ffi::php_output_get_active_handler() };
    // SAFETY: null without a buffer; else the engine's own, which only a call into the engine changes or frees. It
    // is copied before there is one.
    unsafe { handler.as_ref() }.copied()
}

/// Returns the end of the innermost buffer's contents.
pub(crate) fn buffered_tail() -> Option<Tail> {
    let handler = active_handler()?;
    if handler.data.is_null() {
        return Some(Tail::START);
    }
    // SAFETY: not null, so that the buffer's `data` holds `data_used` bytes, until the next call into the engine:
    // there is none before the last use of the slice.
    let data = unsafe { std::slice::from_raw_parts(handler.data.cast::<u8>(), handler.data_used) };
    Some(Tail::START.after(data))
}

/// Closes every buffer that may be closed, outermost last, and sends what they hold; stops at the
/// first that may not. Compressing buffers are emptied, not flushed, so that they never begin to
/// compress.
///
/// # Errors
///
/// [`Bailout`] when an output callback ended in a fatal error.
pub(crate) fn end_buffers() -> Result<(), Bailout> {
    if compressor().is_none() {
        return end_each(|| {
            // SAFETY: a buffer is open, as `end_each` has seen. Its callback may bail out, into the guard there; this
            // closure owns nothing.
            unsafe { ffi::php_output_end() };
        });
    }
    let mut held = Vec::new();
    end_each(|| held.push(take_contents()))?;
    for contents in held.iter().rev().filter_map(Zval::zend_str) {
        guarded(|| engine::layer_write(contents.as_bytes()))?;
    }
    Ok(())
}

/// Forgets the buffers of the last request. Called when a request begins.
pub(crate) fn begin_request() {
    BUFFERS_TAKEN.set(false);
}

/// Notes that the buffers of this response were taken from the script, for good.
pub(crate) fn buffers_are_taken() {
    BUFFERS_TAKEN.set(true);
}

/// True if there is no buffer, and the script may think that there is: they were taken from it.
pub(crate) fn has_lost_buffers() -> bool {
    BUFFERS_TAKEN.get() && level() == 0
}

/// Empties and closes every buffer that may be closed.
///
/// # Errors
///
/// [`Bailout`] when an output callback ended in a fatal error.
pub(crate) fn discard_buffers() -> Result<(), Bailout> {
    end_each(discard_innermost)
}

fn end_each(mut end: impl FnMut()) -> Result<(), Bailout> {
    while active_handler().is_some_and(|handler| handler.flags & HANDLER_REMOVABLE != 0) {
        let before = level();
        guarded(&mut end)?;
        if level() >= before {
            break;
        }
    }
    Ok(())
}

/// Empties and closes the innermost buffer, and returns what it held.
fn take_contents() -> Zval {
    let mut contents = Zval::new();
    // SAFETY: writes a string, or null, to a value of ours that holds nothing. Where there is no memory for it, it
    // bails out, into the guard of `end_each`; nothing is owned yet.
    unsafe { ffi::php_output_get_contents(&raw mut contents) };
    // SAFETY: a buffer is open, as `end_each` has seen. Its callback may bail out, into the guard there: `contents`
    // leaks then, until the request's memory is freed a moment later.
    unsafe { ffi::php_output_discard() };
    contents
}

/// Returns the names of the open buffers that hold output back: those that may not be closed.
pub(crate) fn stuck_buffers() -> Vec<String> {
    active_handler()
        .filter(|handler| handler.flags & HANDLER_REMOVABLE == 0)
        .map(|handler| {
            let flushable = handler.flags & HANDLER_FLUSHABLE != 0;
            format!(
                "level {}, {}",
                handler.level + 1,
                if flushable { "flushable" } else { "not flushable" }
            )
        })
        .into_iter()
        .collect()
}

/// Has the SAPI send what it holds back. May bail out.
pub(crate) fn flush() {
    // SAFETY: a request is active, as everywhere in this file. It may bail out, past this frame, which owns nothing,
    // to whoever guards it: callers that own something do.
    unsafe { ffi::sapi_flush() };
}

/// Lets all further output of the script go nowhere.
pub(crate) fn disable() {
    set_status(OUTPUT_DISABLED);
}

/// Runs `action` as if nothing had been output yet. A buffer that compresses, which that may open, is closed.
///
/// # Errors
///
/// [`Bailout`], as [`guarded`].
pub(crate) fn as_if_unsent(action: impl FnOnce()) -> Result<(), Bailout> {
    let (sent, had_compressor) = (status() & OUTPUT_SENT, compressor().is_some());
    set_status(status() & !OUTPUT_SENT);
    let result = guarded(action);
    set_status(status() | sent);
    result?;
    if compressor().is_some() && !had_compressor { guarded(discard_innermost) } else { Ok(()) }
}

/// Empties and closes the innermost buffer. May bail out.
fn discard_innermost() {
    // SAFETY: a buffer is open, as the callers have seen. Its callback may bail out, into the guard that they have
    // set; this frame owns nothing.
    unsafe { ffi::php_output_discard() };
}

/// Returns the flags of PHP's output that can be set.
pub(super) fn status() -> c_int {
    // SAFETY: only reads the output globals of this thread.
    unsafe { ffi::php_output_get_status() }
}

/// Sets flags of PHP's output.
pub(super) fn set_status(status: c_int) {
    // SAFETY: sets the low four flags in the output globals of this thread, which callers have read before; it leaves
    // the others alone, and cannot bail out.
    unsafe { ffi::php_output_set_status(status) };
}
