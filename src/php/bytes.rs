//! A return value of bytes, which PHP sees as a string.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendStr, Zval};

use crate::zend::bailout;
use crate::zend::engine::guarded;

/// Bytes that a method returns, declared as `string`.
pub(super) struct Bytes(pub(super) Vec<u8>);

impl IntoZval for Bytes {
    const TYPE: ext_php_rs::flags::DataType = ext_php_rs::flags::DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        let text = guarded(|| ZendStr::new(&self.0, persistent));
        drop(self.0);
        match text {
            Ok(text) => value.set_zend_string(text),
            // Memory is exhausted, and nothing is owned any more.
            Err(_) => bailout::unwind(),
        }
        Ok(())
    }
}
