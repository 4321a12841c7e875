//! `scripts/debug-php` and those that build on it, where archives do not have what they name.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use server_tests::patience::{soon, wait_for};
use server_tests::process::{Pid, is_running};

use crate::machine::{Ended, Machine, run};

/// Archives that name three source packages.
const NAMES: &str =
    r"printf 'Package: php8.%s\nVersion: %s\n' 2 8.2.32-1~deb12u1 4 8.4.27-1 4 8.4.28-1~deb13u1";

/// Archives that have one of them, and a source that is built in no time. It notes what is asked for.
const HAS_ONE: &str = r#"
case "$*" in
    *tar-only*) for package; do :; done; echo "$package" >>"$SSE_CACHE_DIR/asked" ;;
    *indextargets*) exit ;;
esac
[ "$package" = php8.2=8.2.32-1~deb12u1 ] || exit 100
mkdir php
cat >php/configure <<'END'
#!/bin/sh
prefix=${2#--prefix=}
printf 'all:\ninstall:\n\tmkdir -p %s/bin && touch %s/bin/php\n' "$prefix" "$prefix" >Makefile
END
chmod +x php/configure
tar --create --gzip --file php8.2_8.2.32.orig.tar.gz php
"#;

/// A mirror that has no file, whatever it is asked for.
fn mirror_without_files() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/debian/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut client in listener.incoming().map(Result::unwrap) {
            thread::spawn(move || {
                let mut request = [0; 4096];
                while client.read(&mut request).is_ok_and(|size| size > 0) {
                    let _ =
                        client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                }
            });
        }
    });
    url
}

/// Where nothing listens.
fn mirror_that_is_down() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/debian/", listener.local_addr().unwrap())
}

#[test]
fn the_debug_php_is_the_newest_whose_source_can_be_had() {
    let machine = Machine::new().program("apt-cache", NAMES).program("apt-get", HAS_ONE);
    let Ended { status, stdout, stderr } = run(&mut machine.command("scripts/debug-php"));
    let log = machine.read("cache/php-debug.log");
    assert_eq!(status, Some(0), "{stderr}\n{log}");
    let prefix = stdout.trim_end();
    // Behind that stands what it is built with, as a number.
    assert!(prefix.starts_with(&machine.path("cache/php-8.2-debug-")), "{prefix}");
    assert_eq!(
        machine.read("cache/asked"),
        "php8.4=8.4.28-1~deb13u1\nphp8.4=8.4.27-1\nphp8.2=8.2.32-1~deb12u1\n"
    );
    assert_eq!(
        stderr,
        format!(
            "==> the source of php8.4=8.4.28-1~deb13u1 cannot be had\n\
             ==> the source of php8.4=8.4.27-1 cannot be had\n\
             ==> building a debug PHP from php8.2=8.2.32-1~deb12u1 into {prefix} (some minutes, once)\n"
        )
    );
}

#[test]
fn a_debug_php_that_was_built_is_not_built_again() {
    let machine = Machine::new().program("apt-cache", NAMES).program("apt-get", HAS_ONE);
    let [first, second] = [(), ()].map(|()| run(&mut machine.command("scripts/debug-php")));
    assert_eq!((second.status, second.stdout), (Some(0), first.stdout));
    assert_eq!(second.stderr, "");
}

#[test]
fn a_debug_php_that_cannot_be_built_is_a_failure() {
    let broken = HAS_ONE.replace("touch", "false");
    let machine = Machine::new().program("apt-cache", NAMES).program("apt-get", &broken);
    for script in ["scripts/debug-php", "scripts/test-debug"] {
        let Ended { status, stdout, stderr } = run(&mut machine.command(script));
        assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
        let log = machine.path("cache/php-debug.log");
        assert!(stderr.ends_with(&format!("==> building it failed, see {log}\n")), "{stderr}");
    }
}

#[test]
fn without_any_source_the_tests_on_a_debug_php_are_left_out_and_named() {
    for mirror in [mirror_without_files(), mirror_that_is_down()] {
        let machine = Machine::new();
        let Ended { status, stdout, stderr } =
            run(machine.command("scripts/test-debug").env("DEBIAN_SOURCES", &mirror));
        let log = machine.path("cache/php-debug.log");
        let word = "==> not run: the tests on a debug PHP, for its source cannot be had\n";
        assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
        assert_eq!(
            stderr,
            format!("==> no source of PHP 8.6 8.5 8.4 8.3 8.2 can be had, see {log}\n{word}"),
        );
        let log = machine.read("cache/php-debug.log");
        assert!(log.contains(mirror.trim_end_matches('/')), "{log}");

        let again = run(&mut machine.command("scripts/not-run"));
        assert_eq!((again.status, again.stderr.as_str()), (Some(0), word));
        let forgotten = run(machine.command("scripts/not-run").arg("--forget"));
        assert_eq!((forgotten.status, forgotten.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn what_every_change_has_to_pass_ends_with_what_was_not_run() {
    let make = "case \"$*\" in
        *' test') echo '==> not run: the tests on a debug PHP, for a reason' >&2 ;;
    esac";
    let machine = Machine::new().program("make", make);
    let Ended { status, stdout, .. } = run(&mut machine.command(".ci/run"));
    assert_eq!(status, Some(0));
    let closing = "\nclosing lines\n==> not run: the tests on a debug PHP, for a reason\n";
    assert!(stdout.ends_with(closing), "{stdout}");
}

/// What is built ahead does not end by itself, and the tests are over at once.
const BUILDS_LONG: &str = r#"case "$*" in
    build-ahead)
        mkfifo "$SSE_CACHE_DIR.gate"
        sleep 1000 &
        echo $! >"$SSE_CACHE_DIR.builds"
        echo >"$SSE_CACHE_DIR.gate"
        wait ;;
    *' test')
        until [ -p "$SSE_CACHE_DIR.gate" ]; do sleep 0.01; done
        cat "$SSE_CACHE_DIR.gate"
        exit 7 ;;
esac"#;

#[test]
fn what_is_built_ahead_ends_with_the_tests_that_need_it() {
    let machine = Machine::new().program("make", BUILDS_LONG);
    let Ended { status, stdout, .. } = run(&mut machine.command(".ci/run"));
    assert_eq!(status, Some(7), "{stdout}");
    let builds = machine.read("cache.builds").trim().parse().ok().and_then(Pid::from_raw);
    let builds = builds.expect("it has begun");
    wait_for("the builds to end", soon(), || (!is_running(builds)).then_some(()));
}
