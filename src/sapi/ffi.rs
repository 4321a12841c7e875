//! Declares what PHP exports to its servers, beyond the allow-list of `ext_php_rs::ffi`.
//!
//! Signatures are those of PHP 8.2 to 8.6, `main/`; `tests/build` compares them with the headers of the PHP at hand.

use std::ffi::{c_char, c_int, c_short, c_void};

use ext_php_rs::ffi::{zend_string, zval};

/// `php_output_handler`, `main/php_output.h`: one level of output buffering.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct OutputHandler {
    pub(crate) name: *mut zend_string,
    pub(crate) flags: c_int,
    pub(crate) level: c_int,
    pub(crate) chunk_size: usize,
    pub(crate) data: *mut c_char,
    pub(crate) data_size: usize,
    pub(crate) data_used: usize,
}

/// `PHP_OUTPUT_HANDLER_FLUSHABLE`, `main/php_output.h`.
pub(crate) const HANDLER_FLUSHABLE: c_int = 0x20;
/// `PHP_OUTPUT_HANDLER_REMOVABLE`, `main/php_output.h`.
pub(crate) const HANDLER_REMOVABLE: c_int = 0x40;
/// `PHP_OUTPUT_DISABLED`, `main/php_output.h`.
pub(crate) const OUTPUT_DISABLED: c_int = 0x02;
/// `PHP_OUTPUT_SENT`, `main/php_output.h`.
pub(crate) const OUTPUT_SENT: c_int = 0x08;
/// `PHP_CONNECTION_ABORTED`, `main/php.h`.
pub(crate) const CONNECTION_ABORTED: c_short = 1;

unsafe extern "C" {
    // main/SAPI.h
    pub(crate) fn sapi_flush() -> c_int;
    pub(crate) fn sapi_send_headers() -> c_int;

    // main/php_main.h
    pub(crate) fn php_handle_aborted_connection();

    // main/php_output.h
    pub(crate) fn php_output_activate() -> c_int;
    pub(crate) fn php_output_deactivate();
    pub(crate) fn php_output_get_level() -> c_int;
    pub(crate) fn php_output_get_active_handler() -> *mut OutputHandler;
    pub(crate) fn php_output_get_contents(into: *mut zval) -> c_int;
    pub(crate) fn php_output_discard() -> c_int;
    pub(crate) fn php_output_end() -> c_int;
    pub(crate) fn php_output_get_status() -> c_int;
    pub(crate) fn php_output_set_status(status: c_int);
    /// Before 8.4 an `int` that is 0 or 1: its low byte is this.
    pub(crate) fn php_output_handler_started(name: *const c_char, length: usize) -> bool;
    pub(crate) fn php_output_get_start_filename() -> *const c_char;
    pub(crate) fn php_output_get_start_lineno() -> c_int;
}

/// `sapi_module_struct.activate` and `deactivate`, `main/SAPI.h`.
pub(crate) type Activate = unsafe extern "C" fn() -> c_int;

/// `sapi_module_struct.flush`, `main/SAPI.h`.
pub(crate) type Flush = unsafe extern "C" fn(server_context: *mut c_void);

/// `sapi_module_struct.log_message`, `main/SAPI.h`.
pub(crate) type LogMessage = unsafe extern "C" fn(message: *const c_char, level: c_int);

/// `sapi_module_struct.read_post`, `main/SAPI.h`.
pub(crate) type ReadPost = unsafe extern "C" fn(buffer: *mut c_char, length: usize) -> usize;

/// `sapi_module_struct.ub_write`, `main/SAPI.h`.
pub(crate) type UbWrite = unsafe extern "C" fn(bytes: *const c_char, length: usize) -> usize;
