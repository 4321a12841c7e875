//! Declares what the engine exports beyond the allow-list of `ext_php_rs::ffi`.
//!
//! Signatures are those of PHP 8.2 to 8.6, `main/` and `Zend/`; `tests/build` compares them with the headers of the PHP
//! at hand.

use std::ffi::{c_char, c_double, c_int, c_uint, c_void};

use ext_php_rs::ffi::{
    zend_class_entry, zend_execute_data, zend_fcall_info_cache, zend_llist, zend_module_entry,
    zend_object, zend_property_info, zend_string, zend_type, zval,
};
use ext_php_rs::types::{ZendHashTable, ZendIterator};

/// `PHP_STREAM_AS_FD_FOR_SELECT`, `main/php_streams.h`.
pub(crate) const STREAM_AS_FD_FOR_SELECT: c_int = 3;
/// `PHP_STREAM_CAST_INTERNAL`, `main/php_streams.h`.
pub(crate) const STREAM_CAST_INTERNAL: c_int = 0x2000_0000;
/// `PHP_STREAM_OPTION_BLOCKING`, `main/php_streams.h`.
pub(crate) const STREAM_OPTION_BLOCKING: c_int = 1;
/// `PHP_INI_USER`, `Zend/zend_ini.h`.
pub(crate) const INI_USER: c_int = 1;
/// `PHP_INI_STAGE_STARTUP`, `Zend/zend_ini.h`.
pub(crate) const INI_STAGE_STARTUP: c_int = 1;
/// `PHP_INI_STAGE_RUNTIME`, `Zend/zend_ini.h`.
pub(crate) const INI_STAGE_RUNTIME: c_int = 16;
/// `PHP_INI_STAGE_HTACCESS`, `Zend/zend_ini.h`.
pub(crate) const INI_STAGE_HTACCESS: c_int = 32;

/// The type of flags that are `int` before PHP 8.6 and `bool` since.
#[cfg(php86)]
pub(crate) type Flag = bool;
/// The type of flags that are `int` before PHP 8.6 and `bool` since.
#[cfg(not(php86))]
pub(crate) type Flag = c_int;

/// For `zend_ini_*`: asks for the present value, not for the one before the request changed it.
#[cfg(php86)]
pub(crate) const CURRENT: Flag = false;
/// For `zend_ini_*`: asks for the present value, not for the one before the request changed it.
#[cfg(not(php86))]
pub(crate) const CURRENT: Flag = 0;

unsafe extern "C" {
    // main/fopen_wrappers.h
    pub(crate) fn php_check_open_basedir(path: *const c_char) -> c_int;

    // Zend/zend_ini.h
    pub(crate) fn zend_ini_double(name: *const c_char, length: usize, original: Flag) -> c_double;
    pub(crate) fn zend_ini_long(name: *const c_char, length: usize, original: Flag) -> i64;
    pub(crate) fn zend_ini_string(
        name: *const c_char,
        length: usize,
        original: Flag,
    ) -> *const c_char;
    pub(crate) fn zend_alter_ini_entry_chars(
        name: *mut zend_string,
        value: *const c_char,
        length: usize,
        modify_type: c_int,
        stage: c_int,
    ) -> c_int;
    pub(crate) fn display_ini_entries(module: *mut zend_module_entry);

    // Zend/zend_execute.h, zend_exceptions.h, zend_iterators.h
    pub(crate) fn zend_get_executed_filename() -> *const c_char;
    pub(crate) fn zend_get_executed_lineno() -> c_uint;
    pub(crate) fn zend_throw_unwind_exit();
    pub(crate) fn zend_timeout() -> !;
    pub(crate) fn zend_iterator_dtor(iterator: *mut ZendIterator);

    // Zend/zend_modules.h
    pub(crate) static module_registry: ZendHashTable;

    // Zend/zend_API.h
    pub(crate) fn zend_release_fcall_info_cache(cache: *mut zend_fcall_info_cache);
    pub(crate) fn zend_exception_set_previous(
        exception: *mut zend_object,
        previous: *mut zend_object,
    );
    pub(crate) fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        default: *mut zval,
        access: c_int,
        doc_comment: *mut zend_string,
        type_: zend_type,
    ) -> *mut zend_property_info;
    pub(crate) fn zend_update_property(
        scope: *mut zend_class_entry,
        object: *mut zend_object,
        name: *const c_char,
        length: usize,
        value: *mut zval,
    );

    pub(crate) fn zend_parse_arg_long_slow(value: *mut zval, int: *mut i64, number: c_uint)
    -> bool;
    pub(crate) fn zend_parse_arg_double_slow(
        value: *mut zval,
        float: *mut c_double,
        number: c_uint,
    ) -> bool;
    pub(crate) fn zend_parse_arg_bool_slow(
        value: *mut zval,
        result: *mut bool,
        number: c_uint,
    ) -> bool;
    pub(crate) fn zend_parse_arg_str_slow(
        value: *mut zval,
        string: *mut *mut zend_string,
        number: c_uint,
    ) -> bool;
    pub(crate) fn zend_parse_arg_str_or_long_slow(
        value: *mut zval,
        string: *mut *mut zend_string,
        int: *mut i64,
        number: c_uint,
    ) -> bool;

    // Zend/zend_exceptions.h
    pub(crate) static mut zend_throw_exception_hook: Option<ThrowHook>;

    // Zend/zend_llist.h
    pub(crate) fn zend_llist_clean(list: *mut zend_llist);

    pub(crate) fn zend_fetch_resource2_ex(
        value: *mut zval,
        type_name: *const c_char,
        type_1: c_int,
        type_2: c_int,
    ) -> *mut c_void;

    // main/php_streams.h
    pub(crate) fn php_file_le_stream() -> c_int;
    pub(crate) fn php_file_le_pstream() -> c_int;
    #[cfg_attr(not(php86), link_name = "_php_stream_cast")]
    pub(crate) fn php_stream_cast(
        stream: *mut c_void,
        cast_as: c_int,
        result: *mut c_int,
        show_error: c_int,
    ) -> c_int;

    // ext/json/php_json.h
    pub(crate) static php_json_serializable_ce: *mut zend_class_entry;

    // ext/spl/spl_exceptions.h
    pub(crate) static spl_ce_RuntimeException: *mut zend_class_entry;
}

/// The beginning of `php_stream_ops`, `main/php_streams.h`; the same in all versions.
#[repr(C)]
pub(crate) struct StreamOps {
    pub(crate) input_and_output: [*const c_void; 4],
    pub(crate) label: *const c_char,
    pub(crate) seek: *const c_void,
    pub(crate) cast: Option<unsafe extern "C" fn(*mut c_void, c_int, *mut c_int) -> c_int>,
    pub(crate) stat: *const c_void,
    pub(crate) set_option:
        Option<unsafe extern "C" fn(*mut c_void, c_int, c_int, *mut c_void) -> c_int>,
}

/// `zif_handler`, `Zend/zend_types.h`.
pub(crate) type Handler = unsafe extern "C" fn(frame: *mut zend_execute_data, result: *mut zval);

/// `zend_throw_exception_hook`, `Zend/zend_exceptions.h`.
pub(crate) type ThrowHook = unsafe extern "C" fn(exception: *mut zend_object);

/// `zend_interrupt_function`, `Zend/zend_execute.h`.
pub(crate) type Interrupt = unsafe extern "C" fn(frame: *mut zend_execute_data);
