//! PHP's output: its buffers, and the ways past them.

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
    /// Whether this response's output buffers were taken from the script.
    static BUFFERS_TAKEN: Cell<bool> = const { Cell::new(false) };
}

/// How many output buffers are open.
pub(crate) fn level() -> usize {
    // SAFETY: reads the output globals of this thread.
    usize::try_from(unsafe { ffi::php_output_get_level() }).unwrap_or(0)
}

/// The name of the output handler that compresses the response, if one is open.
pub(crate) fn compressor() -> Option<&'static str> {
    COMPRESSORS.into_iter().find(|name| {
        // SAFETY: looks the name up among the open handlers; reads `len` bytes of it.
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

/// The end of what was written to the innermost buffer.
pub(crate) fn buffered_tail() -> Option<Tail> {
    let handler = active_handler()?;
    if handler.data.is_null() {
        return Some(Tail::START);
    }
    // SAFETY: the buffer's `data` holds `data_used` bytes; they are copied from before any call.
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
            // SAFETY: a buffer is open; its callback may bail out, which `end_each` guards against.
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

/// Whether there is no buffer, and the script may think that there is: they were taken from it.
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
    // SAFETY: writes a string, or null, to a zval that is ours.
    unsafe { ffi::php_output_get_contents(&raw mut contents) };
    // SAFETY: a buffer is open. Its callback may bail out, and `contents` would leak then, until the
    // request's memory is freed a moment later.
    unsafe { ffi::php_output_discard() };
    contents
}

/// The names of the open buffers that hold output back: those that may not be closed.
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

/// Sends what the SAPI holds back. May bail out.
pub(crate) fn flush() {
    // SAFETY: a request is active, as everywhere in this file.
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
    // SAFETY: a buffer is open; its callback may bail out, which the callers guard against.
    unsafe { ffi::php_output_discard() };
}

/// Returns the flags of PHP's output that can be set.
pub(super) fn status() -> c_int {
    // SAFETY: reads the output globals of this thread.
    unsafe { ffi::php_output_get_status() }
}

/// Sets flags of PHP's output.
pub(super) fn set_status(status: c_int) {
    // SAFETY: sets flags in the output globals of this thread; others than these it leaves alone.
    unsafe { ffi::php_output_set_status(status) };
}
