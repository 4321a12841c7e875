//! The rules. Each says what it found wrong at one place, or nothing.

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
const FOREIGN_CRATES: [(&str, &[&str]); 4] = [
    ("stream", &["ext_php_rs", "hub_protocol"]),
    ("zend", &["event_stream", "hub_protocol"]),
    ("sapi", &["hub_protocol"]),
    ("hub", &["ext_php_rs"]),
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

/// Every unsafe line of the project is in one place.
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

/// What other libraries define is declared in one file of each of the two.
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
