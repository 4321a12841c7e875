//! A hub and its clients in different PID namespaces, as in two containers that share a volume: neither
//! has a process id for the other. Root makes such a namespace by itself, an ordinary user by way of a user
//! namespace: these tests need both.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hub_protocol::{Framing, Request};
use tempfile::TempDir;

use support::{Hub, as_user, assert_reads, copy_program, frame, open_directory, to, wait_until};

/// An ordinary user.
const USER: u32 = 54_323;

/// Another one.
const STRANGER: u32 = 54_321;

/// Runs a command in a PID namespace of its own: what is in there is number 1 and following.
fn contained(command: &Command, user: Option<u32>) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    if let Some(uid) = user {
        unshare.args(["--user", "--map-current-user"]).uid(uid).gid(uid);
    }
    unshare.arg("--").arg(command.get_program()).args(command.get_args());
    unshare
}

/// A directory for a hub of this user's, with the program in it.
fn install(user: Option<u32>) -> TempDir {
    let directory = open_directory();
    copy_program(&directory.path().join("sse-hub"));
    let hub = directory.path().join("hub");
    fs::create_dir(&hub).unwrap();
    fs::set_permissions(&hub, Permissions::from_mode(0o700)).unwrap();
    chown(&hub, user, user).unwrap();
    directory
}

fn program(directory: &TempDir, name: &str) -> Command {
    let mut command = Command::new(directory.path().join("sse-hub"));
    command.arg(name).arg("--socket").arg(directory.path().join("hub/hub.sock"));
    command
}

/// Opens the directory and the socket, which keep strangers out otherwise.
fn open_to_everybody(hub: &Hub) {
    fs::set_permissions(hub.socket().parent().unwrap(), Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(hub.socket(), Permissions::from_mode(0o666)).unwrap();
}

#[track_caller]
fn assert_succeeds(output: &Output) {
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_hub_in_another_pid_namespace_is_heard_and_hears() {
    for user in [None, Some(USER)] {
        let directory = install(user);
        let serve = contained(&program(&directory, "serve"), user);
        let hub = Hub::run(serve, directory);
        let uid = user.unwrap_or(0);
        as_user(uid, &[uid], || {
            assert_eq!(hub.status()["pid"], 1, "it is in a namespace of its own");
            let mut stream = hub.stream(Framing::Raw, to(&["a"]));
            let id = hub.publish(&["a"], "from outside");
            assert_reads(&mut stream, format!(":\n{}", frame(id, "from outside")));
        });
    }
}

#[test]
fn a_client_in_another_pid_namespace_is_heard() {
    for user in [None, Some(USER)] {
        let directory = install(user);
        let (mut serve, status) = (program(&directory, "serve"), program(&directory, "status"));
        if let Some(uid) = user {
            serve.uid(uid).gid(uid);
        }
        let hub = Hub::run(serve, directory);
        assert_succeeds(&contained(&status, user).output().unwrap());
        assert_eq!(hub.status()["refused"], 0);
    }
}

/// A container whose users are others: whoever has no number there is nobody, and nobody's word counts.
#[test]
fn a_client_whose_user_has_no_number_in_the_hubs_namespace_is_refused_and_named() {
    let directory = install(Some(USER));
    let log = fs::File::create(directory.path().join("log")).unwrap();
    let mut serve = contained(&program(&directory, "serve"), Some(USER));
    serve.stderr(log);
    let hub = Hub::run(serve, directory);
    open_to_everybody(&hub);
    let mut status = Command::new(hub.socket().with_file_name("../sse-hub"));
    status.args(["status", "--socket"]).arg(hub.socket()).uid(STRANGER).gid(STRANGER);
    assert!(!status.output().unwrap().status.success());
    // It hangs up first.
    let log = || fs::read_to_string(hub.socket().with_file_name("../log")).unwrap();
    wait_until("it is named", || log().contains("user 65534 may not connect to this hub"));
}

#[test]
fn who_is_refused_costs_nobody_else_any_time() {
    const KNOCK: &str = "import os, socket, sys
os.setgroups([])
os.setresgid(*[int(sys.argv[2])] * 3)
os.setresuid(*[int(sys.argv[2])] * 3)
while True:
    with socket.socket(socket.AF_UNIX) as knocker:
        knocker.connect(sys.argv[1])";
    let hub = Hub::start_in(open_directory(), &[]);
    open_to_everybody(&hub);
    let mut knock = Command::new("python3");
    knock.args(["-c", KNOCK]).arg(hub.socket()).arg(STRANGER.to_string());
    let mut knocker = contained(&knock, None).stderr(Stdio::null()).spawn().unwrap();
    let refused = || hub.status()["refused"].as_u64().unwrap();
    wait_until("a thousand are refused", || refused() >= 1000);
    // Each of a hundred would wait for a second.
    let slow = (0..100).filter(|_| {
        let start = Instant::now();
        hub.ask(&Request::Status);
        start.elapsed() > Duration::from_millis(500)
    });
    let slow = slow.count();
    knocker.kill().unwrap();
    knocker.wait().unwrap();
    assert!(slow < 10, "{slow} of 100");
    assert!(UnixStream::connect(hub.socket()).is_ok());
}
