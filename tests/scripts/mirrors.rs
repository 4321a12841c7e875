//! Mirrors that lack a file, of which a part of the tests is left out and no more.

use crate::machine::{Ended, Machine, run};

/// Has no packages to download.
const EMPTY: &str = "echo 'no such file' >&2; exit 1";

const WITHOUT_ESBUILD: &str = "==> not run: the comparison of the browser module's bundle with its sources, \
                              for esbuild cannot be had\n";

#[test]
fn without_the_clients_of_one_registry_every_other_test_runs() {
    let npm = "--skip eventsource_ --skip fetch_event_source_ --skip laravel_echo_ --skip the_oracles_ \
               --skip the_bundle_";
    let pypi = "--skip httpx_ --skip openai_ --skip the_oracles_";
    for (kind, program, arguments, rest) in [
        ("npm", "npm", &[][..], format!(" -- {npm}\n")),
        ("pypi", "python3", &["--test", "hub"], format!(" --test hub -- {pypi}\n")),
        (
            "go",
            "go",
            &["--", "--skip", "a"],
            " -- --skip a --skip go_sse_ --skip the_oracles_\n".into(),
        ),
    ] {
        let machine = Machine::with_all_packages().program(program, EMPTY);
        let mut command = machine.command("scripts/test-servers");
        command.args(arguments).env("FRANKENPHP", "named");
        let Ended { status, stderr, .. } = run(&mut command);
        assert_eq!(status, Some(0), "{stderr}");
        let not_run =
            format!("==> not run: the comparison with clients of {kind}, for they cannot be had");
        assert!(stderr.lines().any(|line| line == not_run), "{stderr}");
        let asked = machine.read("cargo");
        assert_eq!(asked, format!("test --quiet --no-fail-fast --package server-tests{rest}"));
        let again = run(&mut machine.command("scripts/not-run"));
        // The registry of the one has esbuild, too.
        let more = if kind == "npm" { WITHOUT_ESBUILD } else { "" };
        assert_eq!(again.stderr, format!("{not_run}\n{more}"));
    }
}

/// What is asked of cargo, and the messages, with these browsers asked for, and without the program of one.
#[track_caller]
fn asked_with(browsers: &str, missing: &str) -> (String, String) {
    let machine = Machine::with_all_packages();
    let mut command = machine.command("scripts/test-servers");
    command.env("FRANKENPHP", "named");
    command.env("SSE_TEST_BROWSERS", browsers).env(missing, "no-such-program");
    let Ended { status, stderr, .. } = run(&mut command);
    assert_eq!(status, Some(0), "{stderr}");
    (machine.read("cargo"), stderr)
}

const EVERY_TEST: &str = "test --quiet --no-fail-fast --package server-tests";

#[test]
fn without_one_server_every_other_test_runs() {
    let machine = Machine::with_all_packages();
    let mut command = machine.command("scripts/test-servers");
    let Ended { status, stderr, .. } = run(command.env_remove("FRANKENPHP"));
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(machine.read("cargo"), format!("{EVERY_TEST} -- --skip frankenphp\n"));
    // Its own script says so, where it is to be said.
    assert!(!stderr.contains("not run"), "{stderr}");
}

#[test]
fn without_a_browser_every_other_test_runs() {
    let all = "chromium firefox webkit";
    for (name, variable) in [
        ("chromium", "CHROMEDRIVER"),
        ("firefox", "FIREFOX"),
        ("webkit", "WEBKIT_WEB_DRIVER"),
        ("webkit", "XVFB"),
    ] {
        let (asked, messages) = asked_with(all, variable);
        assert_eq!(asked, format!("{EVERY_TEST} -- --skip ::{name}\n"));
        let not_run = format!("==> not run: what runs in {name}, for it cannot be had\n");
        assert!(messages.ends_with(&not_run), "{messages}");
    }
}

#[test]
fn without_a_word_tests_run_in_all_browsers_that_are_there() {
    let (asked, messages) = asked_with("", "NOTHING");
    assert_eq!(asked, format!("{EVERY_TEST}\n"));
    assert!(!messages.contains("not run"), "{messages}");
    let (asked, messages) = asked_with("", "FIREFOX");
    assert_eq!(asked, format!("{EVERY_TEST} -- --skip ::firefox\n"));
    assert!(!messages.contains("not run"), "{messages}");
    let (_, messages) = asked_with("", "CHROMEDRIVER");
    assert!(
        messages.ends_with("not run: what runs in chromium, for it cannot be had\n"),
        "{messages}"
    );
}

#[test]
fn tests_run_in_the_browsers_that_are_named_and_in_no_other() {
    let (asked, messages) = asked_with("firefox", "NOTHING");
    assert_eq!(asked, format!("{EVERY_TEST} -- --skip ::chromium --skip ::webkit\n"));
    assert!(!messages.contains("not run"), "{messages}");

    let machine = Machine::with_all_packages();
    let mut command = machine.command("scripts/test-servers");
    let Ended { status, stderr, .. } = run(command.env("SSE_TEST_BROWSERS", "firefox opera"));
    assert_eq!((status, machine.read("cargo").as_str()), (Some(1), ""));
    let why = "no browser is called opera; there are chromium, firefox, webkit\n";
    assert!(stderr.ends_with(why), "{stderr}");
}

/// apt finds one of the packages only.
const APT: &str = "case \"$*\" in
    *--simulate*without-its-needs*) exit 100 ;;
    *--simulate*) ;;
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
fn a_package_that_the_distribution_only_knows_by_name_is_not_asked_for() {
    const KNOWS_NAMES: &str =
        "[ \"$1\" != madison ] || [ \"$2\" = unknown ] || echo \"$2 | 1.0 | sid\"";
    let machine = without_packages().program("apt-cache", KNOWS_NAMES);
    let script = ". scripts/lib.sh; . scripts/packages.sh; need there? unknown? without-its-needs?";
    let Ended { status, stderr, .. } = run(machine.command("bash").args(["-c", script]));
    assert_eq!((status, machine.read("installed").as_str()), (Some(0), "there\n"), "{stderr}");
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
