//! Processes that listen on a free port of loopback.

use std::iter;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

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

/// Returns an address that nobody listens on. It is below the ports that the system gives to connections: one of
/// thousands of these would have it before the server does.
pub(crate) fn free_addr() -> SocketAddr {
    const FIRST: u32 = 12_000;
    const COUNT: u32 = 20_000;
    static CHOSEN: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(7919);
    let mut ports = iter::repeat_with(|| {
        let chosen = begin.wrapping_add(CHOSEN.fetch_add(1, Ordering::Relaxed));
        u16::try_from(FIRST + chosen % COUNT).unwrap()
    });
    let listener = ports.find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    listener.and_then(|listener| listener.local_addr().ok()).unwrap()
}
