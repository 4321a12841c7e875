//! nginx and `php-cgi -b`, the older way to run PHP behind it.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use super::home::Home;
use super::nginx::Nginx;
use super::{Php, Server};
use crate::binary;
use crate::http::Endpoint;
use crate::port::is_up;
use crate::process::Process;

/// nginx in front of `php-cgi -b`, to be started.
#[derive(Clone, Debug)]
pub struct Cgi {
    php: Php,
    nginx: Nginx,
    children: usize,
}

impl Cgi {
    /// Serves the directory `root` with four workers.
    pub fn new(root: impl AsRef<Path>, php: Php) -> Self {
        Self { php, nginx: Nginx::new(root.as_ref()), children: 4 }
    }

    /// With so many workers; with none, the one process serves the requests itself.
    #[must_use]
    pub fn children(mut self, children: usize) -> Self {
        self.children = children;
        self
    }

    /// With connections between nginx and PHP that serve one request after the other.
    #[must_use]
    pub fn keepalive(mut self) -> Self {
        self.nginx.keepalive();
        self
    }

    /// Starts both.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let socket = directory.path().join("cgi.sock");
        let mut command = Command::new(binary::php_cgi());
        command.arg("-b").arg(&socket).env("PHP_FCGI_CHILDREN", self.children.to_string());
        self.php.configure(&mut command, directory.path());
        let php = Process::spawn("cgi", &mut command, directory.path());
        let up = is_up(&php, || UnixStream::connect(&socket).is_ok());
        assert!(up, "php-cgi did not start: {}", php.log());

        let upstream = format!("unix:{}", socket.display());
        let (front, addr) = self.nginx.start(&upstream, directory.path());
        Server { endpoint: Endpoint::plain(addr), front: vec![front], php, reload: None, directory }
    }
}
