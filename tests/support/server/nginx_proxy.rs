//! nginx, in front of another web server.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::front::{Proxy, when_it_listens};
use super::runs_as_root;
use crate::binary;
use crate::process::Process;

/// nginx with `proxy_pass`.
#[derive(Clone, Copy, Debug)]
pub struct NginxProxy {
    /// Lines of its `location`; all else is as nginx has it by default.
    pub lines: &'static str,
}

impl Proxy for NginxProxy {
    fn start(&self, upstream: SocketAddr, directory: &Path) -> (Process, SocketAddr) {
        // Another nginx has its files beside them.
        let files = directory.join("nginx-proxy");
        fs::create_dir(&files).unwrap();
        let user = if runs_as_root() { "user root root;" } else { "" };
        when_it_listens(|addr| {
            let config = files.join("nginx.conf");
            let (lines, path) = (self.lines, files.display());
            let text = format!(
                "
daemon off;
{user}
pid {path}/nginx.pid;
error_log {path}/nginx.log notice;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {path}/body;
    fastcgi_temp_path {path}/fastcgi;
    proxy_temp_path {path}/proxy;
    scgi_temp_path {path}/scgi;
    uwsgi_temp_path {path}/uwsgi;
    server {{
        listen {addr};
        location / {{
            proxy_pass http://{upstream};
            {lines}
        }}
    }}
}}
"
            );
            fs::write(&config, text).unwrap();
            let mut command = Command::new(binary::nginx());
            command.arg("-p").arg(&files).arg("-e").arg("nginx.log").arg("-c").arg(config);
            Process::spawn("nginx-proxy", &mut command, directory)
        })
    }
}
