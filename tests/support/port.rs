//! Processes that listen on a free port of loopback.

use std::net::{SocketAddr, TcpListener};

use crate::patience::{soon, wait_for};
use crate::process::Process;

/// Starts a process that listens on a free port, and waits until its log says `ready`.
///
/// # Panics
/// When it ends instead, with its log.
#[track_caller]
pub fn start_on_free_port(
    ready: &str,
    start: impl Fn(SocketAddr) -> Process,
) -> (Process, SocketAddr) {
    // Between the choice of a port and its use another process can take it.
    for _ in 0..5 {
        let addr = free_addr();
        let process = start(addr);
        if is_up(&process, || process.log().contains(ready)) {
            return (process, addr);
        }
        let log = process.log();
        assert!(log.contains("ddress already in use"), "it did not start: {log}");
    }
    panic!("every port was taken by others")
}

/// Waits for a process to be up; false if it ends before.
#[track_caller]
pub fn is_up(process: &Process, mut probe: impl FnMut() -> bool) -> bool {
    wait_for("a server to be up", soon(), || {
        let exited = process.has_exited();
        (exited || probe()).then_some(!exited)
    })
}

pub(crate) fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
