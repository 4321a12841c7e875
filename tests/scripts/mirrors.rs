//! Mirrors that lack a file, of which a part of the tests is left out and no more.

use crate::machine::{Ended, Machine, run};

/// Notes what it is asked to do, and does nothing.
const CARGO: &str = "echo \"$@\" >>\"$(dirname \"$0\")/../cargo\"";

/// Has no packages to download.
const EMPTY: &str = "echo 'no such file' >&2; exit 1";

fn without_parsers() -> Machine {
    let is_there = "exit 0";
    Machine::new()
        .program("npm", EMPTY)
        .program("cargo", CARGO)
        .program("dpkg-query", "printf installed")
        .program("chromedriver", is_there)
}

#[test]
fn without_the_parsers_of_others_every_other_test_runs() {
    let not_run =
        "==> not run: the comparison with other parsers of event streams, for they cannot be had";
    for (arguments, rest) in [
        (&[][..], " -- --skip oracle\n"),
        (&["--test", "hub"], " --test hub -- --skip oracle\n"),
        (&["--", "--skip", "apache"], " -- --skip apache --skip oracle\n"),
    ] {
        let machine = without_parsers();
        let Ended { status, stderr, .. } =
            run(machine.command("scripts/test-servers").args(arguments));
        assert_eq!(status, Some(0), "{stderr}");
        assert!(stderr.lines().any(|line| line == not_run), "{stderr}");
        let asked = machine.read("cargo");
        assert_eq!(asked, format!("test --quiet --no-fail-fast --package server-tests{rest}"));
        let again = run(&mut machine.command("scripts/not-run"));
        assert_eq!(again.stderr, format!("{not_run}\n"));
    }
}

#[test]
fn without_a_browser_every_other_test_runs() {
    let machine = without_parsers().program("npm", "").program("python3", PYTHON);
    let mut command = machine.command("scripts/test-servers");
    let Ended { status, stderr, .. } = run(command.env("CHROMEDRIVER", "no-such-chromedriver"));
    assert_eq!(status, Some(0), "{stderr}");
    let not_run = "==> not run: what runs in a browser, for there is no chromedriver\n";
    assert!(stderr.ends_with(not_run), "{stderr}");
    let skips = "-- --skip page:: --skip a_browser_";
    assert_eq!(
        machine.read("cargo"),
        format!("test --quiet --no-fail-fast --package server-tests {skips}\n")
    );
}

/// Makes a virtual environment in which nothing is installed.
const PYTHON: &str =
    "mkdir -p \"$3/bin\" && printf '#!/bin/sh\\n' >\"$3/bin/pip\" && chmod +x \"$3/bin/pip\"";

/// apt finds one of the packages only.
const APT: &str = "case \"$*\" in
    *install*broken*) exit 100 ;;
    *install*) for package; do :; done; echo \"$package\" >>\"$(dirname \"$0\")/../installed\" ;;
    *update*) exit 100 ;;
esac";

/// No package is installed, and nothing is changed on the real machine.
fn without_packages() -> Machine {
    Machine::new()
        .program("apt-get", APT)
        .program("dpkg-query", "exit 1")
        .program("sudo", "exec \"$@\"")
        .program("install", "cat >/dev/null")
        .program("rm", "exit 0")
}

#[test]
fn a_package_that_a_mirror_lacks_does_not_keep_the_others_away() {
    let machine = without_packages();
    let script = ". scripts/lib.sh; . scripts/packages.sh; need sound broken whole || echo lacking";
    let Ended { status, stdout, stderr } = run(machine.command("bash").args(["-c", script]));
    assert_eq!((status, stdout.as_str()), (Some(0), "lacking\n"), "{stderr}");
    assert_eq!(machine.read("installed"), "sound\nwhole\n");
    assert!(stderr.ends_with("==> could not be installed: broken\n"), "{stderr}");
}

#[test]
fn a_php_that_is_named_by_its_version_gets_the_packages_of_its_own() {
    let machine = without_packages();
    let script =
        ". scripts/lib.sh; . scripts/packages.sh; need php-cli libapache2-mod-php php-parser";
    let mut command = machine.command("bash");
    let Ended { stderr, .. } = run(command.args(["-c", script]).env("PHP", "/usr/bin/php8.5"));
    let installing = "==> installing libapache2-mod-php8.5 php-parser php8.5-cli\n";
    assert!(stderr.ends_with(installing), "{stderr}");
}
