//! The rules. Each says what is wrong with one finding, or nothing.

use std::path::Path;

use crate::source::{Found, What, read};

/// The layers of the extension, and which others each may know.
const LAYERS: [(&str, &[&str]); 5] = [
    ("stream", &["stream"]),
    ("zend", &["zend", "stream"]),
    ("sapi", &["sapi", "zend", "stream"]),
    ("hub", &["hub", "sapi", "zend", "stream"]),
    ("php", &["php", "hub", "sapi", "zend", "stream"]),
];

/// Crates that a layer may not know, for they belong to a layer beside or above it.
const FOREIGN_CRATES: [(&str, &[&str]); 5] = [
    ("stream", &["ext_php_rs", "hub_protocol"]),
    ("zend", &["event_stream", "hub_protocol"]),
    ("sapi", &["hub_protocol"]),
    ("hub", &["ext_php_rs"]),
    ("php", &["hub_protocol"]),
];

/// Everything in the file that breaks a rule, as `file:line: what is wrong`.
pub(crate) fn violations(path: &Path, code: &str) -> Vec<String> {
    let rules = [
        imports_run_downhill,
        unsafe_code_stays_in_zend_and_sapi,
        foreign_declarations_stay_in_ffi,
        stream_has_no_clock,
        php_functions_are_not_called_by_name,
        no_lock_is_on_the_engines_globals,
        nothing_is_left_undone,
    ];
    let found = read(path, code);
    let broken = found.iter().flat_map(|found| {
        let at = format!("{}:{}", path.display(), found.line);
        rules.iter().filter_map(move |rule| Some(format!("{at}: {}", rule(path, found)?)))
    });
    broken.collect()
}

/// "Imports run downhill only; a lower layer never learns a higher word."
fn imports_run_downhill(path: &Path, found: &Found) -> Option<String> {
    let What::Path(names) = &found.what else { return None };
    let layer = layer(path)?;
    let (first, second) = (names.first()?.as_str(), names.get(1).map(String::as_str));
    match (first, second) {
        ("crate", Some(other)) if !entry(&LAYERS, layer).contains(&other) => {
            Some(format!("{layer} may not know crate::{other}"))
        }
        (name, _) if entry(&FOREIGN_CRATES, layer).contains(&name) => {
            Some(format!("{layer} may not know {name}"))
        }
        _ => None,
    }
}

/// The layer of the extension that a file belongs to.
fn layer(path: &Path) -> Option<&'static str> {
    let first = path.strip_prefix("src").ok()?.with_extension("");
    let first = first.iter().next()?;
    LAYERS.iter().map(|(layer, _)| *layer).find(|layer| first == *layer)
}

fn entry<'a>(table: &[(&str, &'a [&'a str])], layer: &str) -> &'a [&'a str] {
    table.iter().find(|(name, _)| *name == layer).map_or(&[], |(_, list)| list)
}

/// ext-php-rs gives out the engine's globals behind locks, and a bailout would leave one held for ever.
fn no_lock_is_on_the_engines_globals(path: &Path, found: &Found) -> Option<String> {
    const GLOBALS: [&str; 3] = ["ExecutorGlobals", "ProcessGlobals", "SapiGlobals"];
    let What::Path(names) = &found.what else { return None };
    let locks = names.windows(2).any(|pair| {
        GLOBALS.contains(&pair[0].as_str()) && ["get", "get_mut"].contains(&pair[1].as_str())
    });
    let broken = locks && path.starts_with("src");
    broken.then(|| "globals.rs gives out the engine's globals".to_owned())
}

/// Every unsafe line of the project is in these two folders.
fn unsafe_code_stays_in_zend_and_sapi(path: &Path, found: &Found) -> Option<String> {
    let is_unsafe = match &found.what {
        What::Path(names) => names == &["unsafe"],
        What::Attribute(names) => {
            let has = |word: &str| names.iter().any(|name| name == word);
            has("unsafe") || has("unsafe_code") && (has("allow") || has("expect"))
        }
        _ => false,
    };
    let broken = is_unsafe && !["src/zend", "src/sapi"].iter().any(|layer| path.starts_with(layer));
    broken.then(|| "unsafe code belongs into src/zend and src/sapi".to_owned())
}

/// The functions of other libraries are declared in one file of each of the two.
fn foreign_declarations_stay_in_ffi(path: &Path, found: &Found) -> Option<String> {
    let broken = found.what == What::ForeignBlock
        && !["src/zend/ffi.rs", "src/sapi/ffi.rs"].iter().any(|ffi| path == Path::new(ffi));
    broken.then(|| "extern blocks belong into ffi.rs of src/zend and src/sapi".to_owned())
}

/// "Time comes in as an argument to everything in `stream`."
fn stream_has_no_clock(path: &Path, found: &Found) -> Option<String> {
    let asks_a_clock = match &found.what {
        What::Path(names) => names.len() > 1 && names.ends_with(&["now".to_owned()]),
        What::Member(name) => name == "elapsed",
        _ => false,
    };
    let broken = asks_a_clock && !found.in_test && layer(path) == Some("stream");
    broken.then(|| "time comes into stream as an argument".to_owned())
}

/// A function's name may be disabled, or the script's own by then.
fn php_functions_are_not_called_by_name(path: &Path, found: &Found) -> Option<String> {
    const BY_NAME: [&str; 2] = ["try_from_name", "try_from_function"];
    let What::Path(names) = &found.what else { return None };
    let broken = names.last().is_some_and(|name| BY_NAME.contains(&name.as_str()));
    (broken && path.starts_with("src")).then(|| "native.rs calls PHP's functions".to_owned())
}

/// No stubs, and no tests that do not run.
fn nothing_is_left_undone(_: &Path, found: &Found) -> Option<String> {
    match &found.what {
        What::Macro(name) if name == "todo" || name == "unimplemented" => {
            Some(format!("{name}! is left"))
        }
        What::Attribute(names) if names.iter().any(|name| name == "ignore") => {
            Some("a test is ignored".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        keeps(
            "src/stream/life.rs",
            "use super::options; use crate::stream; use event_stream::Event;",
        );
        keeps("src/sapi/output.rs", "use crate::{sapi::engine, stream::{self, Life as php}};");
        keeps("src/php/sse.rs", "use crate::{hub::Hub, php, sapi, stream};");
        keeps("src/lib.rs", "pub use crate::php::Sse; pub(crate) use ext_php_rs::zend;");
        keeps(
            "src/stream/life.rs",
            "mod inner { use super::super::options; } pub(crate) fn f() {}",
        );
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
            keeps(
                path,
                "#![forbid(unsafe_code)] // unsafe\nconst A: &str = \"unsafe\"; // unsafe {}",
            );
        }
        keeps("src/zend/engine.rs", "#![allow(unsafe_code)] fn f() { unsafe { g() } }");
        keeps("src/sapi/hooks.rs", "#![allow(unsafe_code)] fn f() { unsafe { g() } }");
    }

    #[test]
    fn an_unsafe_attribute_outside_zend_and_sapi_is_found() {
        let broken = violations(Path::new("src/lib.rs"), "#[unsafe(no_mangle)] fn f() {}");
        assert!(
            broken.contains(
                &"src/lib.rs:1: unsafe code belongs into src/zend and src/sapi".to_owned()
            )
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
        keeps(
            "src/stream/life.rs",
            "fn f(now: Instant) -> bool { now > self.due } // Instant::now()",
        );
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
}
