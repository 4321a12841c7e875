//! Writes to PHP's error log.

use ext_php_rs::types::{ZendStr, Zval};

use super::native::Native;
use crate::stream::Bailout;

static ERROR_LOG: Native = Native::function("standard", "error_log");

/// Writes a line to PHP's error log (`error_log`), which may be the server's.
///
/// # Errors
///
/// [`Bailout`] when the server finds that the client is gone, and PHP ends the script.
pub(crate) fn write(message: &str) -> Result<(), Bailout> {
    let mut line = Zval::new();
    line.set_zend_string(ZendStr::new(message, false));
    ERROR_LOG.call([line]).map(drop)
}
