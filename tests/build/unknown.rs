//! A PHP that is not supported is named in one line, before anything is compiled.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use server_tests::{binary, site::Site};

use crate::root;

const TOO_NEW: &str = "8.7.0";
const TOO_OLD: &str = "8.1.34";

/// A program that claims to be that PHP.
fn claiming(site: &Site, version: &str) -> PathBuf {
    let script = format!("#!/bin/sh\necho {version}\n");
    program(site, &format!("php{version}"), &script)
}

fn program(site: &Site, name: &str, script: &str) -> PathBuf {
    let path = site.path(name);
    fs::write(&path, script).unwrap();
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

#[test]
fn configure_refuses_an_unknown_php() {
    let site = Site::new();
    let php = claiming(&site, TOO_NEW);
    let config = program(
        &site,
        "php-config",
        &format!(
            "#!/bin/sh\n[ \"$1\" = --php-binary ] && exec echo {}\nexec {} \"$@\"\n",
            php.display(),
            binary::php_config().display()
        ),
    );
    // What `phpize` and `configure` leave behind belongs into no checkout.
    let mut copy = Command::new("cp");
    copy.args(["-r", "composer.json", "scripts", "ext"]).arg(site.path("")).current_dir(root());
    assert!(copy.status().unwrap().success());
    let ext = site.path("ext");
    let phpize = Command::new(binary::phpize()).current_dir(&ext).output().unwrap();
    assert!(phpize.status.success(), "{}", String::from_utf8_lossy(&phpize.stderr));

    let configure = Command::new("./configure")
        .arg(format!("--with-php-config={}", config.display()))
        .current_dir(&ext)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&configure.stderr);
    // Before it, `configure` may complain of a terminal that it does not know.
    assert_eq!(printed.lines().last(), Some(refusal(&php, TOO_NEW).trim_end()));
    assert!(!configure.status.success());
}
