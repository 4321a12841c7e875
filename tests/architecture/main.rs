//! The house rules that the compiler does not hold: who may know whom, and where what may stand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod graph;
mod rules;
mod source;

use std::{env, fs, path::Path, process::Command};

use serde_json::Value;
use walkdir::{DirEntry, WalkDir};

use rules::violations;

/// The packages of the workspace, by directory, and which of the project's own crates and bindings to
/// PHP each may depend on. Nothing else here knows PHP, and the tests share nothing with the tested.
const PACKAGES: [(&str, &[&str]); 7] = [
    ("crates/event-stream", &[]),
    ("crates/hub-protocol", &["event-stream"]),
    ("crates/redis-log", &["event-stream", "hub-protocol"]),
    ("crates/hub", &["event-stream", "hub-protocol", "redis-log"]),
    ("crates/load", &["event-stream", "hub-protocol"]),
    ("", &["event-stream", "hub-protocol", "ext-php-rs", "ext-php-rs-build"]),
    ("tests", &["sse-load"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn rust_files() -> Vec<DirEntry> {
    let is_ours = |entry: &DirEntry| entry.depth() == 0 || !is_generated(entry);
    let files: Vec<_> = WalkDir::new(root())
        .into_iter()
        .filter_entry(is_ours)
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .collect();
    assert!(files.len() > 20, "where are the others? {files:?}");
    files
}

/// On `PATH` there is one PHP of many.
#[test]
fn no_test_runs_another_php_than_the_one_under_test() {
    let by_name = ["Command::new(", "\"php"].concat();
    let runs_one = |file: &DirEntry| fs::read_to_string(file.path()).unwrap().contains(&by_name);
    let found: Vec<_> = rust_files().into_iter().filter(runs_one).collect();
    assert!(found.is_empty(), "binary::php() names it: {found:?}");
}

#[test]
fn every_rust_file_keeps_the_rules() {
    let files = rust_files();
    let broken: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.path().strip_prefix(root()).unwrap();
            violations(path, &fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

fn is_generated(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.') || ["target", "corpus", "artifacts", "node_modules"].contains(&&*name)
}

#[test]
fn packages_depend_downhill() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names: Vec<&str> = packages.iter().map(|package| string(&package["name"])).collect();
    for package in packages {
        let directory = Path::new(string(&package["manifest_path"])).parent().unwrap();
        let directory = directory.strip_prefix(root()).unwrap();
        let (_, allowed) = PACKAGES
            .iter()
            .find(|(package, _)| directory == *package)
            .unwrap_or_else(|| panic!("say what {} may depend on", directory.display()));
        let dependencies = package["dependencies"].as_array().unwrap();
        let wrong =
            dependencies.iter().map(|dependency| string(&dependency["name"])).find(|name| {
                let is_ours = names.contains(name) || name.starts_with("ext-php-rs");
                is_ours && !allowed.contains(name)
            });
        assert_eq!(wrong, None, "{} may not depend on it", directory.display());
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn the_format_forbids_unsafe_code() {
    let path = Path::new("crates/event-stream/src/lib.rs");
    let found = source::read(path, &fs::read_to_string(root().join(path)).unwrap());
    let forbid = source::What::Attribute(vec!["forbid".to_owned(), "unsafe_code".to_owned()]);
    assert!(found.iter().any(|found| found.what == forbid));
}

/// Holds that the code breaks a rule in its last line, and that the rule says so.
#[track_caller]
fn breaks(path: &str, code: &str, message: &str) {
    let line = code.lines().count();
    assert_eq!(violations(Path::new(path), code), [format!("{path}:{line}: {message}")]);
}

#[track_caller]
fn keeps(path: &str, code: &str) {
    assert_eq!(violations(Path::new(path), code), [""; 0]);
}

#[test]
fn a_lower_layer_that_knows_a_higher_one_is_found() {
    let wrong = "stream may not know crate::sapi";
    for code in [
        "use crate::sapi::Output;",
        "use crate::{\n    stream::Life, sapi::Output};",
        "use crate::sapi;",
        "fn f() {\n crate::sapi::output() }",
        "fn f(_: Vec<crate::sapi::Output>) {}",
        "println!(\"{}\", crate::sapi::NAME);",
        "pub use super::super::sapi::*;",
        "mod inner {\n use super::super::super::sapi::Output; }",
    ] {
        breaks("src/stream/life.rs", code, wrong);
    }
    breaks("src/stream/mod.rs", "use super::php::Sse;", "stream may not know crate::php");
    breaks("src/stream/life.rs", "use crate::Sse;", "stream may not know crate::Sse");
    breaks("src/stream/life.rs", "use crate::*;", "stream may not know crate::*");
    breaks("src/zend/value.rs", "use crate::sapi::Server;", "zend may not know crate::sapi");
    breaks("src/sapi/output.rs", "use crate::php::Sse;", "sapi may not know crate::php");
    breaks("src/sapi/output.rs", "use crate::hub::Hub;", "sapi may not know crate::hub");
    breaks("src/hub/mod.rs", "use crate::php::Sse;", "hub may not know crate::php");
}

#[test]
fn a_layer_that_knows_a_crate_of_another_is_found() {
    let php = "stream may not know ext_php_rs";
    breaks("src/stream/life.rs", "use ext_php_rs::types::Zval;", php);
    breaks("src/stream.rs", "fn f(_: ::ext_php_rs::types::Zval) {}", php);
    breaks("src/stream/life.rs", "extern crate ext_php_rs as innocent;", php);
    breaks("src/sapi/x.rs", "use hub_protocol::Message;", "sapi may not know hub_protocol");
}

#[test]
fn imports_that_run_downhill_are_not_found() {
    keeps("src/stream/life.rs", "use super::options; use crate::stream; use event_stream::Event;");
    keeps("src/sapi/output.rs", "use crate::{sapi::engine, stream::{self, Life as php}};");
    keeps("src/php/sse.rs", "use crate::{hub::Hub, php, sapi, stream};");
    keeps("src/lib.rs", "pub use crate::php::Sse; pub(crate) use ext_php_rs::zend;");
    keeps("src/stream/life.rs", "mod inner { use super::super::options; } pub(crate) fn f() {}");
}

#[test]
fn unsafe_code_outside_zend_and_sapi_is_found() {
    let wrong = "unsafe code belongs into src/zend and src/sapi";
    for path in ["src/php/sse.rs", "src/lib.rs", "crates/hub/src/main.rs", "tests/fpm.rs"] {
        breaks(path, "fn f() {\n unsafe { g() } }", wrong);
        breaks(path, "unsafe fn f() {}", wrong);
        breaks(path, "unsafe impl Send for X {}", wrong);
        breaks(path, "a_macro!(unsafe { f() });", wrong);
        breaks(path, "#![allow(unsafe_code, reason = \"\")]", wrong);
        breaks(path, "#[cfg_attr(test, expect(unsafe_code))] fn f() {}", wrong);
        keeps(path, "#![forbid(unsafe_code)] // unsafe\nconst A: &str = \"unsafe\"; // unsafe {}");
    }
    keeps("src/zend/engine.rs", "#![allow(unsafe_code)] fn f() { unsafe { g() } }");
    keeps("src/sapi/hooks.rs", "#![allow(unsafe_code)] fn f() { unsafe { g() } }");
}

#[test]
fn an_unsafe_attribute_outside_zend_and_sapi_is_found() {
    let broken = violations(Path::new("src/lib.rs"), "#[unsafe(no_mangle)] fn f() {}");
    assert!(
        broken.contains(&"src/lib.rs:1: unsafe code belongs into src/zend and src/sapi".to_owned())
    );
}

#[test]
fn foreign_declarations_outside_ffi_are_found() {
    let wrong = "extern blocks belong into ffi.rs of src/zend and src/sapi";
    breaks("src/sapi/output.rs", "extern \"C\" { fn f(); }", wrong);
    breaks("src/php/sse.rs", "extern {}", wrong);
    breaks("src/sapi/output.rs", "declare! { unsafe extern \"C\" { fn f(); } }", wrong);
    keeps("src/zend/ffi.rs", "unsafe extern \"C\" { fn f(); }");
    keeps("src/sapi/ffi.rs", "unsafe extern \"C\" { fn f(); }");
    keeps("src/sapi/hooks.rs", "unsafe extern \"C\" fn hook() {} type F = extern \"C\" fn();");
}

#[test]
fn a_clock_in_stream_is_found() {
    let wrong = "time comes into stream as an argument";
    for code in [
        "fn f() {\n Instant::now(); }",
        "fn f() {\n std::time::SystemTime::now(); }",
        "fn f() -> Instant {\n (Instant::now)() }",
        "fn f(at: Instant) {\n at.elapsed(); }",
        "#[cfg(test)] mod tests {}\nfn f() { Clock::now(); }",
        "#[cfg(test)] use x::Y;\nmod inner { fn f() { Clock::now(); } }",
    ] {
        breaks("src/stream/life.rs", code, wrong);
    }
    keeps("src/stream/life.rs", "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }");
    keeps("src/stream/life.rs", "#[cfg(test)] #[test] fn f() { Instant::now(); }");
    keeps("src/stream/life.rs", "fn f(now: Instant) -> bool { now > self.due } // Instant::now()");
    keeps("src/stream/tests.rs", "fn f() { Instant::now(); }");
    keeps("src/sapi/engine.rs", "fn f() { Instant::now(); }");
}

#[test]
fn a_php_function_that_is_called_by_name_is_found() {
    let wrong = "native.rs calls PHP's functions";
    for code in [
        "fn f() {\n ZendCallable::try_from_name(\"json_encode\"); }",
        "fn f() {\n Function::try_from_function(\"json_encode\"); }",
    ] {
        breaks("src/sapi/engine.rs", code, wrong);
        breaks("src/php/payload.rs", code, wrong);
    }
    keeps("src/sapi/engine.rs", "fn f() { ZendCallable::new(value); } // try_from_name");
}

#[test]
fn a_lock_on_the_engines_globals_is_found() {
    for code in [
        "fn f() {\n SapiGlobals::get().headers_sent }",
        "fn f() {\n zend::ExecutorGlobals::get_mut(); }",
    ] {
        breaks("src/sapi/hooks.rs", code, "globals.rs gives out the engine's globals");
    }
    keeps("src/sapi/owned.rs", "fn f() { ExecutorGlobals::take_exception(); }");
}

#[test]
fn what_is_left_undone_is_found() {
    for path in ["src/php/sse.rs", "crates/event-stream/src/lib.rs", "tests/fpm.rs"] {
        breaks(path, "fn f() {\n todo!() }", "todo! is left");
        breaks(path, "fn f() {\n std::unimplemented!(\"later\") }", "unimplemented! is left");
        breaks(path, "#[test] #[ignore] fn f() {}", "a test is ignored");
        breaks(path, "#[cfg_attr(miri, ignore = \"slow\")] fn f() {}", "a test is ignored");
        keeps(path, "/// todo!() #[ignore]\nfn todo() { let ignore = todo; }");
    }
}
