//! The head of the response: reads it, changes it, sends it.

use std::borrow::Cow;
use std::ffi::c_char;

use content_coding::Coding;
use ext_php_rs::zend::{remove_header, set_header, set_response_code};

use super::{abort, output, written};
use crate::sapi::ffi;
use crate::stream::{Bailout, Header, Rule, including, is_no_coding, without_rivals};
use crate::zend::engine::{self, c_string, guarded};
use crate::zend::{globals, versions};

/// True if the head is out.
pub(crate) fn sent() -> bool {
    versions::head_is_out()
}

/// Returns the file and line where output began; `None` if that is not known.
pub(crate) fn output_started_at() -> Option<(String, i32)> {
    // SAFETY: only reads the output globals of this thread. It returns null, or a string of theirs that ends with a
    // NUL, and is copied at once.
    let file = c_string(unsafe { ffi::php_output_get_start_filename() });
    // SAFETY: only reads the output globals of this thread.
    let line = unsafe { ffi::php_output_get_start_lineno() };
    (!file.is_empty()).then_some((file, line))
}

/// Returns the value of a header as it is set now, or was sent: of its last line.
pub(crate) fn get(name: &str) -> Option<String> {
    values(name).pop()
}

/// Returns the values of all lines of a header.
pub(crate) fn values(name: &str) -> Vec<String> {
    globals::sapi(|sapi| {
        sapi.sapi_headers
            .headers()
            .filter_map(|header| header.as_str()?.split_once(':'))
            .filter(|(given, _)| given.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .collect()
    })
}

/// Returns the coding of the body; `None` if it is as the script writes it.
pub(crate) fn coding() -> Option<String> {
    values("Content-Encoding").into_iter().find(|coding| !is_no_coding(coding))
}

/// True if this is the coding of the body, by one line of the head.
pub(crate) fn is_coded_as(coding: Coding) -> bool {
    values("Content-Encoding") == [coding.token()]
}

/// Returns the status of the response.
pub(crate) fn status() -> i32 {
    globals::sapi(|sapi| sapi.sapi_headers.http_response_code)
}

/// True if the response says it is an event stream.
pub(crate) fn is_event_stream() -> bool {
    get("Content-Type").is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("text/event-stream")
    })
}

/// Sets headers by their rules. A header that the engine refuses (it warns then) is left out.
///
/// # Errors
///
/// [`Bailout`] when an error handler of the script did not return.
pub(crate) fn apply(headers: Vec<Header>) -> Result<(), Bailout> {
    let headers = without_rivals(headers, |name| get(name).is_some());
    for Header { name, value, rule } in headers {
        let value = match rule {
            Rule::Include => including(&values(&name), &value).map(Cow::Owned),
            Rule::Replace | Rule::Default => Some(value),
        };
        if let Some(value) = value {
            guarded(|| set_header(&format!("{name}: {value}")).is_ok())?;
        }
    }
    Ok(())
}

/// Removes headers.
///
/// # Errors
///
/// As [`apply`].
pub(crate) fn remove(names: &[&str]) -> Result<(), Bailout> {
    names.iter().try_for_each(|name| guarded(|| remove_header(name).is_ok()).map(|_| ()))
}

/// Keeps PHP from adding a content type of its own: there will be no content.
pub(crate) fn forget_default_content_type() {
    globals::sapi(|sapi| sapi.sapi_headers.send_default_content_type = 0);
}

/// Sets the status of the response.
///
/// # Errors
///
/// As [`apply`].
pub(crate) fn set_status(code: u16) -> Result<(), Bailout> {
    guarded(|| set_response_code(code).is_ok()).map(|_| ())
}

/// Sends the head; `header_register_callback()`s of the script run in it. `headers_sent()` can tell where
/// that was, unless a buffer of the script's could not be closed.
///
/// # Errors
///
/// [`Bailout`].
pub(crate) fn send() -> Result<(), Bailout> {
    abort::without_abort(|| {
        // php-cgi writes its head the way that echoes take.
        written::not_as_echo(|| {
            if output::level() == 0 {
                // PHP notes the place when it is about to write.
                engine::layer_write(&NOTHING);
            }
            if !sent() {
                // SAFETY: a request is active, and its head is not out. A callback of the script's may bail out, into
                // the guard of `without_abort`: the closures in between own nothing.
                unsafe { ffi::sapi_send_headers() };
            }
        });
    })
}

/// A byte that goes no further than our hook.
static NOTHING: [u8; 1] = [b'\n'];

/// True if these bytes are the one that goes no further.
pub(crate) fn is_nothing(bytes: *const c_char) -> bool {
    bytes.cast() == NOTHING.as_ptr()
}

/// Runs `change` while the engine believes that the head is open.
pub(crate) fn reopened<R>(change: impl FnOnce() -> R) -> R {
    versions::note_head_out(false);
    let result = change();
    versions::note_head_out(true);
    result
}
