//! Reads, changes and validates INI settings.

use std::ffi::{CStr, c_int, c_void};

use ext_php_rs::error::php_error;
use ext_php_rs::ffi::{zend_ini_entry, zend_string};
use ext_php_rs::flags::ErrorType;
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::{IniEntryDef, ModuleEntry};

use super::engine::{c_string, layer_write};
use super::ffi;

/// Makes a setting refuse values that `V` does not accept: `ini_set()` returns false; at start-up or in a `.user.ini`
/// a warning names the value, and the one before stays.
pub(crate) const fn validated<V: Valid>(mut entry: IniEntryDef) -> IniEntryDef {
    entry.on_modify = Some(on_modify::<V>);
    entry
}

/// The same for a path: a `.user.ini` or `.htaccess` may set it only within `open_basedir`. An administrator, who
/// sets that too, may set any path.
pub(crate) const fn within_open_basedir<V: Valid>(mut entry: IniEntryDef) -> IniEntryDef {
    entry.on_modify = Some(on_modify_path::<V>);
    entry
}

/// Makes `phpinfo()` hide the setting's value, which may hold a password.
pub(crate) const fn secret(mut entry: IniEntryDef) -> IniEntryDef {
    entry.displayer = Some(show_whether_set);
    entry
}

/// Called by the engine to show a setting.
///
/// # Safety
///
/// Called by the engine only, with an entry that is valid or null.
unsafe extern "C" fn show_whether_set(entry: *mut zend_ini_entry, _: c_int) {
    // SAFETY: null, or the engine's own entry, which stays for this call and is only read.
    let value = unsafe { entry.as_ref() }.map(|entry| entry.value);
    // SAFETY: null, or the entry's own string, which stays until the setting changes.
    let value = value.and_then(|value| unsafe { value.as_ref() });
    let is_set = value.is_some_and(|value| !value.as_bytes().is_empty());
    layer_write(if is_set { b"(set)" } else { b"no value" });
}

/// The values that a setting accepts.
pub(crate) trait Valid {
    /// True if the setting accepts `value`.
    fn accepts(value: &str) -> bool;
}

/// Called by the engine before a setting changes.
///
/// # Safety
///
/// Called by the engine only, with an entry and a value that are valid or null.
unsafe extern "C" fn on_modify<V: Valid>(
    entry: *mut zend_ini_entry,
    value: *mut zend_string,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    stage: c_int,
) -> c_int {
    // SAFETY: null, or the engine's own string, which stays for this call and is only read.
    let text = unsafe { value.as_ref() }.map_or(Ok(""), ZendStr::as_str).ok();
    if text.is_some_and(V::accepts) {
        return 0;
    }
    if stage != ffi::INI_STAGE_RUNTIME {
        // SAFETY: null, or the entry that is being changed, which stays for this call and is only read.
        let name = unsafe { entry.as_ref() }.and_then(|entry| {
            // SAFETY: null, or the entry's name, which lives as long as the entry.
            unsafe { entry.name.as_ref() }.and_then(|name| name.as_str().ok())
        });
        let severity = if stage == ffi::INI_STAGE_STARTUP {
            ErrorType::CoreWarning
        } else {
            ErrorType::Warning
        };
        let name = name.unwrap_or("sse");
        let value = text.unwrap_or("(not UTF-8)");
        php_error(&severity, &format!("Invalid value \"{value}\" for {name} is ignored"));
    }
    -1
}

/// Called by the engine before a path setting changes. PHP itself reports a path outside of `open_basedir`, as for
/// `error_log`.
///
/// # Safety
///
/// Called by the engine only, with an entry and a value that are valid or null.
unsafe extern "C" fn on_modify_path<V: Valid>(
    entry: *mut zend_ini_entry,
    value: *mut zend_string,
    argument_1: *mut c_void,
    argument_2: *mut c_void,
    argument_3: *mut c_void,
    stage: c_int,
) -> c_int {
    // SAFETY: null, or the engine's own string, which stays for this call and is only read.
    let path = unsafe { value.as_ref() }.and_then(|path| path.as_c_str().ok());
    let is_users = matches!(stage, ffi::INI_STAGE_HTACCESS | ffi::INI_STAGE_RUNTIME);
    if let Some(path) = path.filter(|path| is_users && !path.is_empty()) {
        // SAFETY: a C string, which is only read. It may warn, and an error handler of the script's bail out: this
        // frame owns nothing.
        let outside = unsafe { ffi::php_check_open_basedir(path.as_ptr()) };
        if outside != 0 {
            return -1;
        }
    }
    // SAFETY: the entry, the value and the stage are those that the engine has called this with, valid or null as
    // `on_modify` asks. It may warn, and an error handler of the script's bail out: this frame owns nothing.
    unsafe { on_modify::<V>(entry, value, argument_1, argument_2, argument_3, stage) }
}

/// Returns the value of a setting as text.
pub(crate) fn text(name: &CStr) -> String {
    let length = name.count_bytes();
    // SAFETY: the name is `length` readable bytes; it only reads. The answer is null, or the setting's value, which
    // ends with a NUL, and is copied at once.
    c_string(unsafe { ffi::zend_ini_string(name.as_ptr(), length, ffi::CURRENT) })
}

/// Returns the value of a setting as a number.
pub(crate) fn number(name: &CStr) -> f64 {
    // SAFETY: the name is a C string of that length; it only reads.
    unsafe { ffi::zend_ini_double(name.as_ptr(), name.count_bytes(), ffi::CURRENT) }
}

/// Returns the value of a setting as an integer.
pub(crate) fn integer(name: &CStr) -> i64 {
    // SAFETY: the name is a C string of that length; it only reads.
    unsafe { ffi::zend_ini_long(name.as_ptr(), name.count_bytes(), ffi::CURRENT) }
}

/// Returns the value of a setting as a boolean.
pub(crate) fn flag(name: &CStr) -> bool {
    is_on(&text(name))
}

/// True if the text of a setting means yes.
pub(crate) fn is_on(text: &str) -> bool {
    ["1", "on", "yes", "true"].iter().any(|on| text.eq_ignore_ascii_case(on))
}

/// Changes a setting for the rest of the request, as `ini_set()` does. A value that an administrator has fixed
/// (`php_admin_value`) stays.
pub(crate) fn set(name: &str, value: &str) {
    let mut name = ZendStr::new(name, false);
    // SAFETY: the name is a string of ours, the value is `len` readable bytes, and both are copied. A setting may
    // warn, and an error handler of the script's bail out: the name leaks then, until the request's memory is freed.
    unsafe {
        ffi::zend_alter_ini_entry_chars(
            &raw mut *name,
            value.as_ptr().cast(),
            value.len(),
            ffi::INI_USER,
            ffi::INI_STAGE_RUNTIME,
        )
    };
}

/// Prints the module's settings as a table of `phpinfo()`.
pub(crate) fn print_table(module: *mut ModuleEntry) {
    // SAFETY: the module that the engine has asked to describe itself. Printing may bail out: this frame owns nothing.
    unsafe { ffi::display_ini_entries(module) };
}
