//! A Redis of the test's own.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use crate::patience::soon;
use crate::port::{is_up, start_on_free_port};
use crate::process::{Process, Signal};
use crate::site::Site;

const READY: &str = "Ready to accept connections";

/// A Redis that forgets nothing it has answered.
#[derive(Debug)]
pub struct Redis {
    // Ends before its directory goes.
    process: Process,
    port: u16,
    options: Vec<String>,
    site: Site,
}

impl Redis {
    /// Starts one, with options of `redis-server`'s.
    #[track_caller]
    pub fn start(options: &[&str]) -> Self {
        let site = Site::new();
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let start = |addr: SocketAddr| spawn(&site, addr.port(), &options);
        let (process, addr) = start_on_free_port(READY, start);
        Self { process, port: addr.port(), options, site }
    }

    /// Where it is, without a password.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The same, with this password.
    pub fn url_with(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}", self.port)
    }

    /// A command of `redis-cli`'s.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("redis-cli");
        command.arg("-p").arg(self.port.to_string()).args(words).stdin(Stdio::null());
        command
    }

    /// Freezes it, or has it go on.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// With SIGKILL.
    pub fn kill(&mut self) {
        self.process.signal(Signal::KILL);
        self.process.wait(soon());
    }

    /// After it was killed: with all that it has answered.
    #[track_caller]
    pub fn start_again(&mut self) {
        std::fs::remove_file(self.process.log_path()).unwrap();
        self.process = spawn(&self.site, self.port, &self.options);
        let up = is_up(&self.process, || self.process.log().contains(READY));
        assert!(up, "Redis did not start again: {}", self.process.log());
    }
}

#[track_caller]
fn spawn(site: &Site, port: u16, options: &[String]) -> Process {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--dir"]).arg(site.as_ref());
    command.args(["--save", "", "--appendonly", "yes", "--appendfsync", "always"]).args(options);
    Process::spawn("redis", &mut command, site.as_ref())
}
