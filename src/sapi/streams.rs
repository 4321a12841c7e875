//! PHP's streams: what `wait()` can wait for besides the time.

use std::ffi::c_void;
use std::os::fd::RawFd;

use ext_php_rs::types::Zval;

use super::engine::{call, guarded};
use super::ffi;
use crate::stream::Interrupted;

/// The descriptor of a PHP stream, to be polled; `None` if the value is no open stream, or the stream
/// has no descriptor: then an exception is pending, or PHP has warned.
///
/// # Errors
///
/// [`Interrupted`].
pub(crate) fn descriptor(value: &Zval) -> Result<Option<RawFd>, Interrupted> {
    let value = std::ptr::from_ref(value).cast_mut();
    guarded(|| {
        // SAFETY: only reads a global.
        let kind = unsafe { ffi::php_file_le_stream() };
        // SAFETY: only reads a global.
        let persistent_kind = unsafe { ffi::php_file_le_pstream() };
        let name = c"stream".as_ptr();
        // SAFETY: reads the value; throws if it is no resource of these kinds.
        let stream = unsafe { ffi::zend_fetch_resource2_ex(value, name, kind, persistent_kind) };
        if stream.is_null() { None } else { cast(stream) }
    })
}

fn cast(stream: *mut c_void) -> Option<RawFd> {
    let mut fd: RawFd = -1;
    // SAFETY: an open stream; cast like this, it writes its descriptor there (`php_socket_t`).
    let status =
        unsafe { ffi::php_stream_cast(stream, ffi::STREAM_AS_FD_FOR_SELECT, &raw mut fd, 1) };
    (status == 0).then_some(fd)
}

/// Whether PHP has read bytes from the descriptor that the script has not got yet.
///
/// # Errors
///
/// [`Interrupted`].
pub(crate) fn has_unread(stream: &Zval) -> Result<bool, Interrupted> {
    let about = call("stream_get_meta_data", vec![stream])?;
    let unread = about.as_ref().and_then(|about| about.array()?.get("unread_bytes")?.long());
    Ok(unread.is_some_and(|unread| unread > 0))
}
