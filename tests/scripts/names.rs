//! What functions of scripts are called.

use crate::machine::{Machine, run};

/// Prints the functions that stand before a program of the same name, in a script and in all that it sources.
const HIDDEN: &str = r#"
    grep -hoE '^[a-z_]+\(\)' scripts/* ext/Makefile.frag .ci/run | tr -d '()' | while read -r name; do
      ! type -P "$name" || echo "$name is a program"
    done"#;

/// `as_root install` would run the function, and without sudo only.
#[test]
fn no_function_is_called_as_a_program_is() {
    let machine = Machine::new();
    let ended = run(machine.command("bash").args(["-c", HIDDEN]));
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), ""), "{ended:?}");
}
