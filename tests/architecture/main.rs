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

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use walkdir::{DirEntry, WalkDir};

use graph::Graph;
use rules::violations;

/// The packages of the workspace, by directory, and which of the project's own crates and bindings to
/// PHP each may depend on. Nothing else here knows PHP, and the tests share nothing with the tested.
const PACKAGES: [(&str, &[&str]); 10] = [
    ("crates/content-coding", &[]),
    ("crates/event-stream", &[]),
    ("crates/merge-patch", &[]),
    ("crates/framing", &[]),
    ("crates/hub-protocol", &["content-coding", "event-stream", "framing"]),
    ("crates/redis-log", &["event-stream", "hub-protocol"]),
    ("crates/hub", &["content-coding", "event-stream", "hub-protocol", "redis-log"]),
    ("crates/load", &["content-coding", "event-stream", "hub-protocol"]),
    (
        "",
        &[
            "content-coding",
            "event-stream",
            "framing",
            "hub-protocol",
            "merge-patch",
            "ext-php-rs",
            "ext-php-rs-build",
        ],
    ),
    ("tests", &["sse-load"]),
];

/// Folders from the bottom up: none knows a later one.
const ORDERS: [&[&str]; 3] = [
    &["src/stream", "src/zend", "src/sapi", "src/hub", "src/php"],
    &["src/sapi/sys", "src/sapi/response", "src/sapi/server", "src/sapi/wire"],
    &[
        "crates/hub/src/process",
        "crates/hub/src/backlog",
        "crates/hub/src/shard",
        "crates/hub/src/core",
        "crates/hub/src/socket",
        "crates/hub/src/upgrade",
        "crates/hub/src/control",
    ],
];

/// Where the paths begin that a document names from the root of the repository.
const FOLDERS: [&str; 10] = [
    "benches",
    "crates",
    "docs",
    "examples",
    "fuzz",
    "php-tests",
    "scripts",
    "src",
    "stubs",
    "tests",
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

/// Every Rust file, by its path from the root of the repository, and its code.
fn read_rust_files() -> Vec<(PathBuf, String)> {
    let read = |file: DirEntry| {
        let path = file.path().strip_prefix(root()).unwrap().to_owned();
        (path, fs::read_to_string(file.path()).unwrap())
    };
    rust_files().into_iter().map(read).collect()
}

/// The code of each crate, but for the tests.
fn sources() -> Vec<PathBuf> {
    let crates = PACKAGES.iter().filter(|(package, _)| *package != "tests");
    crates.map(|(package, _)| Path::new(package).join("src")).collect()
}

/// The graph of each crate.
fn graphs() -> Vec<Graph> {
    let files = read_rust_files();
    let graph = |source: PathBuf| {
        let files = files.iter().filter(|(path, _)| path.starts_with(&source));
        Graph::of(files.map(|(path, code)| (path.as_path(), code.as_str())))
    };
    sources().into_iter().map(graph).collect()
}

#[track_caller]
fn none(found: impl Iterator<Item = String>) {
    let found: Vec<String> = found.collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn no_files_know_one_another_in_a_circle() {
    none(graphs().iter().flat_map(Graph::circles));
}

#[test]
fn no_folder_knows_a_later_one() {
    for folder in ORDERS.concat() {
        assert!(root().join(folder).is_dir(), "where is {folder}?");
    }
    let uphill = |graph: &Graph| ORDERS.map(|folders| graph.uphill(folders)).concat();
    none(graphs().iter().flat_map(uphill));
}

#[test]
fn no_file_and_no_function_is_too_long() {
    none(read_rust_files().iter().flat_map(|(path, code)| size::too_long(path, code)));
}

#[test]
fn no_file_stands_beside_its_folder() {
    let files = read_rust_files();
    let paths: Vec<&Path> = files.iter().map(|(path, _)| path.as_path()).collect();
    none(folders::beside_their_folders(&paths).into_iter());
}

#[test]
fn every_layout_names_every_file() {
    none(read_rust_files().iter().flat_map(|(path, code)| folders::not_in_layout(path, code)));
}

#[test]
fn the_map_names_every_file() {
    let (files, sources) = (read_rust_files(), sources());
    let is_source = |path: &&Path| sources.iter().any(|source| path.starts_with(source));
    let paths: Vec<&Path> =
        files.iter().map(|(path, _)| path.as_path()).filter(is_source).collect();
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    none(map::differences(&map, &paths).into_iter());
}

#[test]
fn ten_questions_are_answered_with_one_or_two_files() {
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let questions = map::questions(&contributing, "questions");
    assert_eq!(questions.len(), 10, "{questions:?}");
    for question in questions {
        assert!((1..=2).contains(&question.files.len()), "{question:?}");
        let code = question.files.iter().map(|file| fs::read_to_string(root().join(file)).unwrap());
        let code = code.collect::<String>();
        let is_there = |name: &&str| code.contains(&format!("fn {name}("));
        assert!(question.functions.iter().all(is_there), "{question:?}");
    }
}

#[test]
fn every_path_that_contributing_names_exists() {
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let paths = map::paths(&contributing, &FOLDERS);
    assert!(paths.len() > 10, "where are the others? {paths:?}");
    let gone = paths.into_iter().filter(|path| !root().join(path).exists());
    none(gone.map(str::to_owned));
}
