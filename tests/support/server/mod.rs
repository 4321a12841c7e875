//! Real servers on loopback, each in a temporary directory with a configuration of its own.
//!
//! They use nothing of what the machine has configured, listen on ports that were free, run as the
//! user who runs the tests, and are gone with the value that stands for them. When a test fails, their
//! logs are printed.

mod apache;
mod builtin;
mod cgi;
mod cli;
mod fpm;
mod nginx;
mod php;

use std::{
    net::{SocketAddr, TcpListener},
    ops::Deref,
};

use tempfile::TempDir;

pub use self::{
    apache::Apache,
    builtin::Builtin,
    cgi::Cgi,
    cli::{Cli, CliProcess},
    fpm::Fpm,
    php::Php,
};
use crate::{
    http::Endpoint,
    patience::{soon, wait_for},
    process::{Pid, Process, Signal},
};

/// A server that is up and runs PHP scripts. What can be asked of an [`Endpoint`] can be asked of it.
#[derive(Debug)]
pub struct Server {
    endpoint: Endpoint,
    /// What stands between the client and PHP.
    front: Option<Process>,
    php: Process,
    reload: Option<Signal>,
    /// Dropped last: the others live in it.
    directory: TempDir,
}

impl Server {
    /// The process that runs PHP, or the master of those that do.
    pub fn pid(&self) -> Pid {
        self.php.pid()
    }

    /// The processes that run PHP.
    pub fn workers(&self) -> Vec<Pid> {
        match self.php.children() {
            none if none.is_empty() => vec![self.pid()],
            workers => workers,
        }
    }

    /// The processes of what stands between the client and PHP; none where nothing does.
    pub fn front(&self) -> Vec<Pid> {
        self.front
            .iter()
            .flat_map(|front| front.children().into_iter().chain([front.pid()]))
            .collect()
    }

    /// Tells the server to start anew with fresh workers, as its administrator would, and does not
    /// wait for it.
    ///
    /// # Panics
    /// When it is of a kind that cannot.
    #[track_caller]
    pub fn reload(&self) {
        self.signal(self.reload.expect("this server knows no reload"));
    }

    /// Sends a signal to the process that runs PHP, or to the master of those that do.
    pub fn signal(&self, signal: Signal) {
        self.php.signal(signal);
    }

    /// What the server, PHP and the server in front of it have logged.
    pub fn log(&self) -> String {
        self.front.iter().chain([&self.php]).map(Process::log).collect()
    }
}

impl Deref for Server {
    type Target = Endpoint;

    fn deref(&self) -> &Endpoint {
        &self.endpoint
    }
}

/// Starts a process that listens on a free port, and waits until its log says `ready`.
#[track_caller]
fn start_on_free_port(ready: &str, start: impl Fn(SocketAddr) -> Process) -> (Process, SocketAddr) {
    // Between the choice of a port and its use another process can take it.
    for _ in 0..5 {
        let addr = free_addr();
        let process = start(addr);
        if is_up(&process, || process.log().contains(ready)) {
            return (process, addr);
        }
        let log = process.log();
        assert!(log.contains("ddress already in use"), "the server did not start: {log}");
    }
    panic!("every port was taken by others")
}

/// Waits for a process to be up; false if it ends before.
#[track_caller]
fn is_up(process: &Process, mut probe: impl FnMut() -> bool) -> bool {
    wait_for("a server to be up", soon(), || {
        let exited = process.has_exited();
        (exited || probe()).then_some(!exited)
    })
}

fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn runs_as_root() -> bool {
    rustix::process::geteuid().is_root()
}
