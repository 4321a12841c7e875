//! PHP's streams: finds what to poll for one, so that `wait()` can wait for it.
//!
//! # Layout
//! * `buffer`: the buffer and the descriptor inside a stream

mod buffer;

use std::ffi::c_void;
use std::os::fd::RawFd;

use ext_php_rs::types::Zval;

use super::engine::guarded;
use super::ffi;
use super::streams::buffer::Inside;
use crate::stream::Bailout;

/// A PHP stream to wait for.
pub(crate) struct Source {
    /// The descriptor to poll.
    pub(crate) descriptor: RawFd,
    /// True if PHP has bytes that the script has not read yet.
    pub(crate) has_unread: bool,
}

/// Returns the descriptor and state of a PHP stream; `None` if the value is no open stream, or the stream has no
/// descriptor: then an exception is pending, or PHP has warned.
///
/// # Errors
///
/// [`Bailout`].
pub(crate) fn source(value: &Zval) -> Result<Option<Source>, Bailout> {
    guarded(|| {
        let stream = open_stream(value)?;
        let inside = Inside::of(stream, value);
        let past_filters = inside.as_ref().filter(|inside| inside.is_filtered());
        let descriptor =
            past_filters.and_then(Inside::descriptor).or_else(|| descriptor(stream))?;
        // Has to come last: when a TLS stream returns its descriptor, it decrypts what it holds into PHP's buffer.
        let has_unread = inside.is_some_and(|inside| inside.has_unread());
        Some(Source { descriptor, has_unread })
    })
}

fn open_stream(value: &Zval) -> Option<*mut c_void> {
    let value = std::ptr::from_ref(value).cast_mut();
    // SAFETY: only reads a number that was set at start-up.
    let kind = unsafe { ffi::php_file_le_stream() };
    // SAFETY: only reads a number that was set at start-up.
    let persistent_kind = unsafe { ffi::php_file_le_pstream() };
    let name = c"stream".as_ptr();
    // SAFETY: only reads the value; the name is a C string. It throws if the value is no resource of these kinds;
    // where there is no memory for that it bails out, into the guard of `source`: nothing is owned here.
    let stream = unsafe { ffi::zend_fetch_resource2_ex(value, name, kind, persistent_kind) };
    (!stream.is_null()).then_some(stream)
}

/// Returns the descriptor that PHP gives; PHP warns if there is none.
fn descriptor(stream: *mut c_void) -> Option<RawFd> {
    let kind = ffi::STREAM_AS_FD_FOR_SELECT | ffi::STREAM_CAST_INTERNAL;
    let mut fd: RawFd = -1;
    // SAFETY: an open stream; cast like this, it writes its descriptor (`php_socket_t`) to an int of ours. It may
    // warn, and bail out, into the guard of `source`: nothing is owned here.
    let status = unsafe { ffi::php_stream_cast(stream, kind, &raw mut fd, 1) };
    (status == 0).then_some(fd)
}
