//! `HAProxy`, in front of FPM by FastCGI, or in front of another server by HTTP.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::front::{Front, Proxy, when_it_listens};
use crate::binary;
use crate::process::Process;

/// `HAProxy`, for either.
#[derive(Clone, Copy, Debug)]
pub struct HaProxy {
    /// The options of its proxies.
    pub options: &'static [&'static str],
}

impl Front for HaProxy {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        let (socket, root) = (socket.display(), root.display());
        let backend = format!(
            r"
    use-fcgi-app php
    server php {socket} proto fcgi
fcgi-app php
    docroot {root}
    path-info ^(/.+\.php)(/.*)?$"
        );
        self.spawn(&backend, directory)
    }
}

impl Proxy for HaProxy {
    fn start(&self, upstream: SocketAddr, directory: &Path) -> (Process, SocketAddr) {
        self.spawn(&format!("\n    server web {upstream}"), directory)
    }
}

impl HaProxy {
    fn spawn(self, backend: &str, directory: &Path) -> (Process, SocketAddr) {
        let options: Vec<_> = self
            .options
            .iter()
            .map(|name| {
                format!(
                    "    option {name}
"
                )
            })
            .collect();
        let options = options.concat();
        when_it_listens(|addr| {
            let config = directory.join("haproxy.cfg");
            let text = format!(
                "
global
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
{options}frontend web
    bind {addr}
    default_backend php
backend php{backend}
"
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new(binary::haproxy());
            command.arg("-db").arg("-f").arg(config);
            Process::spawn("haproxy", &mut command, directory)
        })
    }
}
