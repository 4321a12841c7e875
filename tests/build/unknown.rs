//! A PHP that is not supported is named in one line, before anything is compiled.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use server_tests::site::Site;

use crate::root;

const TOO_NEW: &str = "8.7.0";
const TOO_OLD: &str = "8.1.34";

/// A program that claims to be that PHP.
fn claiming(site: &Site, version: &str) -> PathBuf {
    let path = site.path(&format!("php{version}"));
    fs::write(&path, format!("#!/bin/sh\necho {version}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn refusal(php: &Path, version: &str) -> String {
    format!("error: {} is PHP {version}; this is for PHP 8.2 to 8.6\n", php.display())
}

fn build(php: &Path, target: &Path) -> Output {
    let mut build = Command::new("scripts/build");
    build.current_dir(root()).env("PHP", php).env("CARGO_TARGET_DIR", target).output().unwrap()
}

#[test]
fn a_build_for_an_unknown_php_ends_before_it_begins() {
    let site = Site::new();
    let target = site.path("target");
    for version in [TOO_NEW, TOO_OLD] {
        let php = claiming(&site, version);
        let output = build(&php, &target);
        assert_eq!(String::from_utf8_lossy(&output.stderr), refusal(&php, version));
        assert!(!output.status.success());
        assert!(!target.exists(), "cargo was called");
    }
}
