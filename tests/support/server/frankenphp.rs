//! FrankenPHP: the program in `frankenphp/`, which serves a directory without Caddy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::home::Home;
use super::{Php, Server};
use crate::binary;
use crate::http::Endpoint;
use crate::port::start_on_free_port;
use crate::process::{Process, Signal};
use crate::reader::{Pipe, Reader};

/// The body of a response by HTTP/2, and the client, a program of its own, that passes it on.
#[track_caller]
pub fn get_by_http_2(server: &Server, target: &str) -> (Process, Reader<Pipe>) {
    let mut command = Command::new(binary::frankenphp());
    command.arg("-get").arg(format!("http://{}{target}", server.addr()));
    let (client, _, stdout) = Process::spawn_piped("client", &mut command, server.directory.path());
    (client, Reader::new(stdout.into()))
}

/// FrankenPHP, to be started. A reload has PHP start anew in the same process.
#[derive(Clone, Debug)]
pub struct FrankenPhp {
    root: PathBuf,
    php: Php,
    threads: usize,
    has_worker: bool,
    worker: Option<PathBuf>,
    is_proxied: bool,
    ends_php_first: bool,
}

impl FrankenPhp {
    /// Serves the directory `root` with two threads, each script for one request: classic mode. Where PHP is not
    /// thread safe there is one thread.
    pub fn new(root: impl AsRef<Path>, php: Php) -> Self {
        let root = root.as_ref().to_owned();
        // A PHP that is not thread safe looks for the end of another thread's stack.
        let php = php.ini("zend.max_allowed_stack_size", "-1");
        Self {
            root,
            php,
            threads: 2,
            has_worker: false,
            worker: None,
            is_proxied: false,
            ends_php_first: false,
        }
    }

    /// With so many threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// In worker mode: on each thread one script answers all requests, and runs what they ask for.
    #[must_use]
    pub fn worker_mode(mut self) -> Self {
        self.has_worker = true;
        self
    }

    /// In worker mode, with this script.
    #[must_use]
    pub fn worker_script(mut self, script: &Path) -> Self {
        self.worker = Some(script.to_owned());
        self.worker_mode()
    }

    /// With the address of a client that has no connection here, as behind a proxy that tells it.
    #[must_use]
    pub fn proxied(mut self) -> Self {
        self.is_proxied = true;
        self
    }

    /// As one that ends PHP before it closes its listener, when it is told to stop.
    #[must_use]
    pub fn ends_php_first(mut self) -> Self {
        self.ends_php_first = true;
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let usual = directory.path().join("worker.php");
        fs::write(&usual, include_str!("../frankenphp/worker.php")).unwrap();
        let worker = self.worker.as_ref().unwrap_or(&usual);
        let (php, addr) = start_on_free_port("FrankenPHP listens on", |addr| {
            let mut command = Command::new(binary::frankenphp());
            command.arg("-listen").arg(addr.to_string()).arg("-root").arg(&self.root);
            command.arg("-threads").arg(self.threads.to_string());
            if self.has_worker {
                command.arg("-worker").arg(worker);
            }
            if self.is_proxied {
                command.arg("-proxied");
            }
            if self.ends_php_first {
                command.arg("-php-first");
            }
            self.php.clone().configure(&mut command, directory.path());
            Process::spawn("frankenphp", &mut command, directory.path())
        });
        let reload = Some(Signal::USR1);
        Server { endpoint: Endpoint::plain(addr), front: Vec::new(), php, reload, directory }
    }
}
