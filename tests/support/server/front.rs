//! Servers between a client and PHP, beside nginx.

use std::fmt::Debug;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use crate::port::{free_addr, is_up};
use crate::process::Process;

/// A web server that speaks FastCGI to FPM.
pub trait Front: Debug {
    /// Starts it in front of the FPM that listens on `socket`; its files are in `directory`.
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr);
}

/// A server that speaks HTTP to another one.
pub trait Proxy: Debug {
    /// Starts it in front of the server at `upstream`; its files are in `directory`.
    fn start(&self, upstream: SocketAddr, directory: &Path) -> (Process, SocketAddr);
}

/// Starts a process, and waits until it listens: not each of them logs that it does.
///
/// # Panics
/// When it ends instead, with its log.
#[track_caller]
pub(super) fn when_it_listens(start: impl Fn(SocketAddr) -> Process) -> (Process, SocketAddr) {
    // Between the choice of a port and its use another process can take it.
    for _ in 0..5 {
        let addr = free_addr();
        let process = start(addr);
        if is_up(&process, || TcpStream::connect(addr).is_ok()) {
            return (process, addr);
        }
        let log = process.log();
        let log = log.to_ascii_lowercase();
        let taken = ["already in use", "cannot bind"].iter().any(|words| log.contains(words));
        assert!(taken, "it did not start: {log}");
    }
    panic!("every port was taken by others")
}
