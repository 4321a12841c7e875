//! Decodes UTF-8 as a browser does (WHATWG Encoding, "UTF-8 decode without BOM").
//!
//! Both directions need it: the parser because it is the client, the encoder so that a client
//! receives what a client would have made of the bytes. Line ends, colon and space are ASCII, so
//! a line decoded alone is what the stream decoded as a whole would have there.

use std::borrow::Cow;

/// Decodes `bytes` and turns each maximal part of an ill-formed sequence into one U+FFFD. Does not copy bytes that
/// are well formed.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // from_utf8() reads ASCII a word at a time; from_utf8_lossy() alone would read it by the byte.
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
