//! The package itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use server_tests::binary;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs one of its tests' files. Each is a test here, so that they run at the same time.
#[track_caller]
fn node_runs(file: &str) {
    let mut command = Command::new(binary::node());
    let output =
        command.args(["--test", file]).current_dir(root().join("packages/js/test")).output();
    let output = output.unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn node_reads_any_bytes_as_the_standard_says() {
    node_runs("parser.test.js");
}

#[test]
fn node_has_one_stream_come_back_as_its_server_says() {
    node_runs("stream.test.js");
}

#[test]
fn node_shares_a_connection_without_loss_or_repeat() {
    node_runs("tabs.test.js");
}

#[test]
fn node_finds_the_module_small() {
    node_runs("size.test.js");
}

#[test]
fn node_has_echo_hear_what_a_server_of_its_own_says() {
    node_runs("echo.test.js");
}

#[test]
fn node_patches_documents_as_the_rfc_says() {
    node_runs("patch.test.js");
}

#[test]
fn no_test_of_the_module_is_left_out() {
    let mut files: Vec<String> = fs::read_dir(root().join("packages/js/test"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".test.js"))
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "echo.test.js",
            "parser.test.js",
            "patch.test.js",
            "size.test.js",
            "stream.test.js",
            "tabs.test.js"
        ]
    );
}

#[test]
fn the_bundle_is_what_its_sources_make() {
    let output = Command::new(root().join("scripts/bundle-js")).arg("--check").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn its_version_is_that_of_the_extension() {
    let package = fs::read_to_string(root().join("packages/js/package.json")).unwrap();
    let package: Value = serde_json::from_str(&package).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(package["license"], "MIT OR Apache-2.0");
    assert_eq!(package.get("dependencies"), None);
}
