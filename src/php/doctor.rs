//! `Sse::doctor()`: what stands between the script and the browser.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::php_sapi_name;

use crate::sapi::Server;
use crate::sapi::diagnosis::{self, Diagnosis};

/// The report, as the entries of an array. `way` is the way that frames take, and why it is not a
/// better one.
pub(super) fn report(way: Option<(&str, &str)>) -> Vec<(String, Zval)> {
    let Diagnosis { path, heartbeats, buffers, advice } =
        diagnosis::examine(Server::current(), way);
    vec![
        entry("server", php_sapi_name().unwrap_or_default()),
        entry("path", path),
        entry("heartbeats", heartbeats),
        entry("buffers", buffers),
        entry("advice", advice),
    ]
}

fn entry(name: &str, value: impl IntoZval) -> (String, Zval) {
    (name.to_owned(), value.into_zval(false).unwrap_or_default())
}
