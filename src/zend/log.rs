//! PHP's error log.

use ext_php_rs::types::{ZendStr, Zval};

use super::native::Native;
use crate::stream::Interrupted;

static ERROR_LOG: Native = Native::function("standard", "error_log");

/// Writes a line where PHP logs its errors (`error_log`), or where the server does.
///
/// # Errors
///
/// [`Interrupted`] when the server finds that the client is gone, and the script is to end.
pub(crate) fn write(message: &str) -> Result<(), Interrupted> {
    let mut line = Zval::new();
    line.set_zend_string(ZendStr::new(message, false));
    ERROR_LOG.call([line]).map(drop)
}
