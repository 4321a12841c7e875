//! Caddy, in front of FPM.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::front::{Front, when_it_listens};
use crate::binary;
use crate::process::Process;

/// Caddy's `php_fastcgi`, with nothing set.
#[derive(Clone, Copy, Debug)]
pub struct Caddy;

/// Caddy's `php_fastcgi`, with a line in its site.
#[derive(Clone, Copy, Debug)]
pub struct CaddyWith(pub &'static str);

impl Front for Caddy {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        CaddyWith("").start(socket, root, directory)
    }
}

impl Front for CaddyWith {
    fn start(&self, socket: &Path, root: &Path, directory: &Path) -> (Process, SocketAddr) {
        let (socket, root, line) = (socket.display(), root.display(), self.0);
        when_it_listens(|addr| {
            let config = directory.join("Caddyfile");
            let text = format!(
                "{{\n admin off\n auto_https off\n}}\n\
                 http://{addr} {{\n root * {root}\n php_fastcgi unix/{socket}\n file_server\n {line}\n}}\n"
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new(binary::caddy());
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(config);
            for variable in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
                command.env(variable, directory);
            }
            Process::spawn("caddy", &mut command, directory)
        })
    }
}
