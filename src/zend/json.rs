//! Encodes and decodes JSON by PHP's own functions, as a script would.

use ext_php_rs::types::{ZendStr, Zval};

use super::bailout::guarded;
use super::native::Native;
use super::owned::Owned;
use crate::stream::Bailout;

static ENCODE: Native = Native::function("json", "json_encode");
static DECODE: Native = Native::function("json", "json_decode");

/// `JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR`.
const ENCODE_FLAGS: i64 = 64 | 256 | 4_194_304;

/// Encodes a value as JSON, unescaped; `None` if a `JsonException`, or one of the value's own, is pending.
///
/// # Errors
///
/// [`Bailout`].
pub(crate) fn encode(value: &Zval) -> Result<Option<Owned>, Bailout> {
    let mut flags = Zval::new();
    flags.set_long(ENCODE_FLAGS);
    let text = ENCODE.call([value.shallow_clone(), flags])?;
    Ok(text.filter(|text| text.is_string()))
}

/// Decodes JSON, objects as arrays; `None` if it is no JSON.
///
/// # Errors
///
/// [`Bailout`].
pub(crate) fn decode(json: &str) -> Result<Option<Owned>, Bailout> {
    let (mut text, mut as_arrays) = (Zval::new(), Zval::new());
    text.set_zend_string(guarded(|| ZendStr::new(json, false))?);
    as_arrays.set_bool(true);
    DECODE.call([text, as_arrays])
}
