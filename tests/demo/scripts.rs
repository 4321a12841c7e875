//! The scripts in `examples/`, as a reader finds them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::site::{directory, files};

fn scripts() -> impl Iterator<Item = PathBuf> {
    files().into_iter().filter(|file| file.extension() == Some(OsStr::new("php")))
}

/// True for the one tool among the examples, which measures streams of other code, too, and answers pages.
fn is_of_doctor(script: &Path) -> bool {
    script.starts_with(directory().join("doctor"))
}

#[test]
fn no_example_flushes_or_sends_headers_itself() {
    assert!(scripts().count() > 9);
    for script in scripts().filter(|script| !is_of_doctor(script)) {
        let source = fs::read_to_string(&script).unwrap();
        for call in ["flush(", "header("] {
            assert!(!source.contains(call), "{} calls {call}", script.display());
        }
    }
}

#[test]
fn the_page_shows_the_smallest_script_as_it_is() {
    let script = fs::read_to_string(directory().join("minimal.php")).unwrap();
    let shown = script.trim_end().replace('<', "&lt;").replace('>', "&gt;");
    let page = fs::read_to_string(directory().join("index.html")).unwrap();
    assert!(page.contains(&format!("<pre><code>{shown}</code></pre>")));
}

#[test]
fn the_readme_names_every_script() {
    let readme = fs::read_to_string(directory().join("README.md")).unwrap();
    for script in scripts().filter(|script| script.parent() == Some(&directory())) {
        let name = script.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("| [{name}]({name})")), "{name}");
    }
}
