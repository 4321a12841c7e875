//! Hides what differs between the versions of PHP; `ffi` has the declarations that do.

use std::ffi::CStr;

use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::ZendStr;

pub(crate) use of_this_version::{ArgumentInfo, body_is_read, head_is_out, note_head_out};
use of_this_version::{Text, as_text, text};

/// Since 8.6 the engine stores argument info of native functions like that of a script's, with its own strings, and
/// has real `bool` fields.
#[cfg(php86)]
mod of_this_version {
    use crate::zend::globals;
    use crate::zend::versions::{ZendStr, zend_string};

    /// Argument info of a native function.
    pub(crate) type ArgumentInfo = ext_php_rs::ffi::zend_arg_info;
    /// A string in it.
    pub(crate) type Text = *mut zend_string;

    pub(crate) fn as_text(string: *mut zend_string) -> Text {
        string
    }

    pub(crate) fn text(text: Text) -> String {
        // SAFETY: null, or a string of the engine's, which lives as long as the argument info, and is copied at once.
        let text = unsafe { text.as_ref() };
        text.and_then(|text| ZendStr::as_str(text).ok()).unwrap_or_default().to_owned()
    }

    /// True if the head of the response is out.
    pub(crate) fn head_is_out() -> bool {
        globals::sapi(|sapi| sapi.headers_sent)
    }

    /// True if all of the request's body was read.
    pub(crate) fn body_is_read() -> bool {
        globals::sapi(|sapi| sapi.post_read)
    }

    /// Makes the engine take the head for sent, or not.
    pub(crate) fn note_head_out(is_out: bool) {
        globals::sapi(|sapi| sapi.headers_sent = is_out);
    }
}

/// Up to 8.5.
#[cfg(not(php86))]
mod of_this_version {
    use std::ffi::c_char;

    use crate::zend::engine::c_string;
    use crate::zend::globals;
    use crate::zend::versions::zend_string;

    pub(crate) type ArgumentInfo = ext_php_rs::ffi::zend_internal_arg_info;
    pub(crate) type Text = *const c_char;

    pub(crate) fn as_text(string: *mut zend_string) -> Text {
        // SAFETY: a string that stays, as `interned` has made it; only the address of its bytes is taken, which end
        // with a NUL.
        unsafe { (&raw const (*string).val).cast() }
    }

    pub(crate) fn text(text: Text) -> String {
        c_string(text)
    }

    pub(crate) fn head_is_out() -> bool {
        globals::sapi(|sapi| sapi.headers_sent != 0)
    }

    pub(crate) fn body_is_read() -> bool {
        globals::sapi(|sapi| sapi.post_read != 0)
    }

    pub(crate) fn note_head_out(is_out: bool) {
        globals::sapi(|sapi| sapi.headers_sent = is_out.into());
    }
}

/// Returns the name of a parameter.
pub(crate) fn parameter_name(info: &ArgumentInfo) -> String {
    text(info.name)
}

/// Renames a parameter. Called at module start-up.
pub(crate) fn rename_parameter(info: &mut ArgumentInfo, name: &str) {
    info.name = interned(name);
}

/// Sets the default of a parameter, as PHP source. Called at module start-up.
pub(crate) fn set_default(info: &mut ArgumentInfo, default: &CStr) {
    info.default_value = interned(&default.to_string_lossy());
}

/// Interns a text: it stays, and the engine frees it at shutdown.
fn interned(text: &str) -> Text {
    as_text(ZendStr::new_interned(text, true).into_raw())
}
