//! The house rules that the compiler does not hold: who may know whom, and where what may stand.
//!
//! # Layout
//! - [`source`]: what a file says, read from its tokens
//! - [`rules`]: what may stand in which file
//! - [`graph`]: which file knows which, and circles
//! - [`size`], [`folders`], [`map`]: long files and functions; files in folders; files in documents
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod folders;
mod graph;
mod map;
mod rules;
mod size;
mod source;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use walkdir::{DirEntry, WalkDir};

use rules::violations;

/// The packages of the workspace, by directory, and which of the project's own crates and bindings to
/// PHP each may depend on. Nothing else here knows PHP, and the tests share nothing with the tested.
const PACKAGES: [(&str, &[&str]); 8] = [
    ("crates/event-stream", &[]),
    ("crates/framing", &[]),
    ("crates/hub-protocol", &["event-stream", "framing"]),
    ("crates/redis-log", &["event-stream", "hub-protocol"]),
    ("crates/hub", &["event-stream", "hub-protocol", "redis-log"]),
    ("crates/load", &["event-stream", "hub-protocol"]),
    ("", &["event-stream", "framing", "hub-protocol", "ext-php-rs", "ext-php-rs-build"]),
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

/// The packages of the workspace, as cargo knows them.
fn packages() -> Vec<Value> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let mut metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    serde_json::from_value(metadata["packages"].take()).unwrap()
}

#[test]
fn packages_depend_downhill() {
    let packages = packages();
    let names: Vec<&str> = packages.iter().map(|package| string(&package["name"])).collect();
    for package in &packages {
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

/// Who asks for all features gets what is shipped: whatever is only for a test is a cfg flag.
#[test]
fn the_extension_has_no_feature_but_php() {
    let packages = packages();
    let extension = packages.iter().find(|package| package["name"] == "sse").unwrap();
    let features: Vec<_> = extension["features"].as_object().unwrap().keys().collect();
    assert_eq!(features, ["default", "php"]);
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
