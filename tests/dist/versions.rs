//! The version is that of the workspace. Whatever else names one names the same.

use std::path::Path;

use serde_json::Value;
use walkdir::WalkDir;

use crate::{read, root};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The manifests of what is published, by their paths.
fn manifests(name: &str) -> Vec<String> {
    let is_ours = |path: &Path| !path.components().any(|part| part.as_os_str() == "node_modules");
    let published = ["composer.json", "packages", "stubs"].map(|part| root().join(part));
    let files = published.iter().flat_map(WalkDir::new).map(Result::unwrap);
    let files = files.filter(|file| file.file_name() == name && is_ours(file.path()));
    files.map(|file| file.path().strip_prefix(root()).unwrap().display().to_string()).collect()
}

#[test]
fn the_changelog_begins_with_the_version_of_the_workspace() {
    let changelog = read("CHANGELOG.md");
    let newest = changelog.lines().find(|line| line.starts_with("## [") && line.contains('.'));
    assert!(newest.unwrap().starts_with(&format!("## [{VERSION}]")), "{newest:?}");
}

#[test]
fn whatever_is_published_has_that_version() {
    for name in manifests("package.json") {
        let manifest: Value = serde_json::from_str(&read(&name)).unwrap();
        assert_eq!(manifest["version"], VERSION, "{name}");
    }
    for name in manifests("composer.json") {
        // Composer takes it from the tag, and warns of one that is written down.
        let manifest: Value = serde_json::from_str(&read(&name)).unwrap();
        let version = manifest["version"].as_str().unwrap_or(VERSION);
        assert_eq!(version, VERSION, "{name}");
        assert!(manifest["name"].as_str().unwrap().starts_with("php-sse/"), "{name}");
        assert_eq!(manifest["license"], serde_json::json!(["MIT", "Apache-2.0"]), "{name}");
    }
    assert!(manifests("composer.json").len() >= 2, "{:?}", manifests("composer.json"));
    let recipe = read("docs/installing.md");
    assert!(recipe.contains(&format!("ARG SSE={VERSION}\n")), "the Dockerfile has another one");
}

#[test]
fn pie_takes_what_is_built_and_compiles_where_nothing_is() {
    let manifest: Value = serde_json::from_str(&read("composer.json")).unwrap();
    let methods = &manifest["php-ext"]["download-url-method"];
    assert_eq!(*methods, serde_json::json!(["pre-packaged-binary", "composer-default"]));
}
