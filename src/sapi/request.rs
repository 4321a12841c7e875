//! What the request says. All of it is the client's word.

use ext_php_rs::types::{ZendHashTable, ZendStr};
use ext_php_rs::zend::{ExecutorGlobals, SapiGlobals};

use ext_php_rs::ffi::zend_is_auto_global;

/// The request's method; "GET" where there is none.
pub(crate) fn method() -> String {
    SapiGlobals::get().request_info().request_method().unwrap_or("GET").to_owned()
}

/// A variable of `$_SERVER`, as the script sees it.
pub(crate) fn server_variable(name: &str) -> Option<Vec<u8>> {
    variable("_SERVER", name)
}

/// A query parameter, from `$_GET`, as the script sees it.
pub(crate) fn query_parameter(name: &str) -> Option<Vec<u8>> {
    variable("_GET", name)
}

/// As [`server_variable`], for a value that has to be text.
pub(crate) fn server_text(name: &str) -> Option<String> {
    server_variable(name).and_then(|value| String::from_utf8(value).ok())
}

/// A string in one of the superglobals: the script's own array, so that a test which sets
/// `$_SERVER` is heard.
fn variable(global: &str, name: &str) -> Option<Vec<u8>> {
    let mut global_name = ZendStr::new(global, false);
    // SAFETY: the name is a string of ours that outlives the call. It makes the array if
    // `auto_globals_jit` has put that off; no script code runs.
    unsafe { zend_is_auto_global(&raw mut *global_name) };
    let symbols = &raw const ExecutorGlobals::get().symbol_table;
    // SAFETY: the executor globals live as long as the thread; nothing changes the table meanwhile.
    let symbols: &ZendHashTable = unsafe { &*symbols };
    let array = symbols.get(global)?;
    let array = array.indirect().unwrap_or(array).dereference().array()?;
    Some(array.get(name)?.dereference().zend_str()?.as_bytes().to_vec())
}
