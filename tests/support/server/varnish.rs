//! Varnish, in front of another web server.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::front::{Proxy, when_it_listens};
use crate::binary;
use crate::process::Process;

/// Varnish.
#[derive(Clone, Copy, Debug)]
pub struct Varnish {
    /// Its VCL, without the name of the backend.
    pub vcl: &'static str,
}

impl Proxy for Varnish {
    fn start(&self, upstream: SocketAddr, directory: &Path) -> (Process, SocketAddr) {
        let (ip, port, vcl) = (upstream.ip(), upstream.port(), self.vcl);
        when_it_listens(|addr| {
            let config = directory.join("default.vcl");
            let text = format!(
                "vcl 4.1;\nbackend default {{ .host = \"{ip}\"; .port = \"{port}\"; }}\n{vcl}\n"
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new(binary::varnish());
            command.arg("-F").arg("-n").arg(directory.join("varnish")).arg("-f").arg(config);
            command.arg("-a").arg(addr.to_string());
            command.args(["-j", "none", "-s", "malloc,32m"]);
            Process::spawn("varnish", &mut command, directory)
        })
    }
}
