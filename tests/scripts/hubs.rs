//! Hubs that tests leave behind at their default place, where they would serve the next tests, too.

use std::fs;
use std::os::unix::net::UnixListener;

use rustix::process::kill_process;
use server_tests::process::{Pid, Signal};

use crate::machine::{Ended, Machine, run};

/// Runs no test, and leaves a process behind that looks like a hub of this build's.
const CARGO: &str = r#"
directory=${0%/bin/*}
mkfifo "$directory/gate"
bash -c 'exec -a "$@"' - "$CARGO_TARGET_DIR/release/sse-hub" \
    bash -c 'echo $$ >"$0/pid"; read -r _ <"$0/gate"' "$directory" serve --spawned --socket "$directory/sse-0/hub.sock" \
    >/dev/null 2>&1 &
until [ -s "$directory/pid" ]; do kill -0 $! || exit 9; done"#;

#[test]
fn a_hub_that_tests_leave_at_its_default_place_is_named() {
    let machine = Machine::with_all_packages().program("cargo", CARGO);
    fs::create_dir(machine.path("sse-0")).unwrap();
    let socket = machine.path("sse-0/hub.sock");
    let _listener = UnixListener::bind(&socket).unwrap();

    let mut command = machine.command("scripts/test-servers");
    command.env("SSE_EXTENSION", machine.path("target/release/libsse.so"));
    let Ended { status, stderr, .. } = run(&mut command);
    let pid = machine.read("pid").trim().parse().ok().and_then(Pid::from_raw);
    let pid = pid.unwrap_or_else(|| panic!("nothing was left behind: {stderr}"));
    kill_process(pid, Signal::KILL).unwrap();
    let complaint = format!("error: tests have left a hub behind: process {pid}, {socket}\n");
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.ends_with(&complaint), "{stderr}");
}
