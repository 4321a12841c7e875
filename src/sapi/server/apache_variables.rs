//! Switches `mod_deflate` and `mod_brotli` off for a request, by httpd's variables.
//!
//! It calls httpd's own functions: PHP's `apache_setenv()` may be disabled, or replaced.

use std::ffi::{CStr, c_char, c_int, c_void};

use super::httpd::request;
use crate::sapi::sys::symbol::{address, function};
use crate::zend::engine::c_string;

/// The variables that the two modules ask for.
const NO_COMPRESSION: [&CStr; 2] = [c"no-gzip", c"no-brotli"];

/// A variable that nobody asks for.
const PROBE: &CStr = c"sse-probe";

/// `MODULE_MAGIC_NUMBER_MAJOR` of every httpd 2.4 (`ap_mmn.h`): while it is this, structures only grow at
/// their ends.
const MAGIC_NUMBER: c_int = 20_120_211;

/// The variables of this request.
struct Variables {
    table: *mut c_void,
    get: unsafe extern "C" fn(*const c_void, *const c_char) -> *const c_char,
    set: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char),
    unset: unsafe extern "C" fn(*mut c_void, *const c_char),
}

/// Switches both modules off for this request. They look when the first bytes pass them, so it has to be
/// done before.
pub(crate) fn switch_compression_off() {
    if let Some(variables) = Variables::of_request() {
        for name in NO_COMPRESSION {
            variables.set(name);
        }
    }
}

/// True if both are off for this request.
pub(crate) fn compression_is_off() -> bool {
    Variables::of_request()
        .is_some_and(|variables| NO_COMPRESSION.iter().all(|name| variables.has(name)))
}

/// True if both could be switched off. It is tried, with a variable that means nothing.
pub(crate) fn compression_can_be_switched_off() -> bool {
    let Some(variables) = Variables::of_request() else { return false };
    variables.set(PROBE);
    let is_set = variables.has(PROBE);
    variables.unset(PROBE);
    is_set && !variables.has(PROBE)
}

/// Returns the protocol by which the request came, as `HTTP/2.0`; `None` if httpd is not known.
pub(crate) fn protocol() -> Option<String> {
    let protocol = Variables::of_request()?.get(c"SERVER_PROTOCOL");
    Some(protocol).filter(|protocol| !protocol.is_empty())
}

impl Variables {
    fn of_request() -> Option<Self> {
        if !is_known_httpd() {
            return None;
        }
        let request = request()?;
        // SAFETY: the request is the one whose script runs, so that it is alive, and every httpd of that number has
        // this field. Only the pointer is read.
        let table = unsafe { (*request).variables };
        if table.is_null() || !table.cast::<*mut c_void>().is_aligned() {
            return None;
        }
        // SAFETY of all three: the types are those of the functions of these names in every APR 1, which is httpd
        // 2.4's.
        Some(Self {
            table,
            // SAFETY: as above.
            get: unsafe { function(c"apr_table_get") }?,
            // SAFETY: as above.
            set: unsafe { function(c"apr_table_set") }?,
            // SAFETY: as above.
            unset: unsafe { function(c"apr_table_unset") }?,
        })
    }

    fn set(&self, name: &CStr) {
        // SAFETY: the table is there for as long as the request; name and value are C strings, which are copied. The
        // keeper is not inside httpd: callers ask before the response has a wire. APR knows no bailout.
        unsafe { (self.set)(self.table, name.as_ptr(), c"1".as_ptr()) };
    }

    fn has(&self, name: &CStr) -> bool {
        !self.get(name).is_empty()
    }

    /// Returns the value of a variable; "" if it is not set.
    fn get(&self, name: &CStr) -> String {
        // SAFETY: the table is there for as long as the request, and is only read; the name is a C string, and the
        // value is copied at once. The keeper is not inside httpd: callers ask before the response has a wire, or
        // pause it. APR knows no bailout.
        c_string(unsafe { (self.get)(self.table, name.as_ptr()) })
    }

    fn unset(&self, name: &CStr) {
        // SAFETY: as `set`.
        unsafe { (self.unset)(self.table, name.as_ptr()) };
    }
}

/// True if httpd says of itself that it is a 2.4: the first field of each of its modules is that number.
fn is_known_httpd() -> bool {
    let module = address(c"core_module");
    // SAFETY: null, or httpd's own module, a static structure that begins with this number in every httpd; nobody
    // writes to it once httpd runs.
    unsafe { module.cast::<c_int>().as_ref() }.is_some_and(|number| *number == MAGIC_NUMBER)
}
