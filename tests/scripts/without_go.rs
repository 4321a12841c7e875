//! `scripts/test-frankenphp`, where no Go can be had that is new enough.

use server_tests::binary;

use crate::machine::{Ended, Machine, run};

/// An old one, which cannot fetch another.
const OLD_GO: &str = r#"
case "$*" in
    "env GOVERSION") echo go1.19.8 ;;
    *) exit 1 ;;
esac
"#;

/// Nor is there a source of PHP: nothing listens there.
const NO_MIRROR: &str = "http://127.0.0.1:9/debian/";

#[test]
fn the_tests_that_need_a_new_go_are_left_out_and_named_once() {
    let machine = Machine::new().program("go", OLD_GO);
    let Ended { status, stdout, stderr } =
        run(machine.command("scripts/test-frankenphp").env("DEBIAN_SOURCES", NO_MIRROR));
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
    let words: Vec<_> = stderr.lines().filter(|line| line.contains("not run")).collect();
    let title = binary::php_title();
    let expected = format!("==> not run: the tests on FrankenPHP around {title}, a debug PHP");
    assert_eq!(words, [expected], "{stderr}");
    assert!(stderr.contains("==> no FrankenPHP: there is no Go 1.26.0\n"), "{stderr}");
}
