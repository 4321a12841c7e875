//! PHP's built-in server, `php -S`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::home::Home;
use super::{Php, Server};
use crate::binary;
use crate::http::Endpoint;
use crate::port::start_on_free_port;
use crate::process::Process;

/// `php -S`, to be started.
#[derive(Clone, Debug)]
pub struct Builtin {
    root: PathBuf,
    php: Php,
    workers: usize,
}

impl Builtin {
    /// Serves the directory `root`.
    pub fn new(root: impl AsRef<Path>, php: Php) -> Self {
        Self { root: root.as_ref().to_owned(), php, workers: 0 }
    }

    /// With `PHP_CLI_SERVER_WORKERS`: without it, one request is served at a time.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Starts it.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let (php, addr) = start_on_free_port("Development Server", |addr| {
            let mut command = Command::new(binary::php());
            command.arg("-S").arg(addr.to_string()).arg("-t").arg(&self.root);
            if self.workers > 0 {
                command.env("PHP_CLI_SERVER_WORKERS", self.workers.to_string());
            }
            self.php.clone().configure(&mut command, directory.path());
            Process::spawn("php", &mut command, directory.path())
        });
        Server { endpoint: Endpoint::plain(addr), front: Vec::new(), php, reload: None, directory }
    }
}
