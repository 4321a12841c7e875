//! nginx with nchan, which keeps streams and events in nginx itself.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use server_tests::binary;
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Pid, Process};
use server_tests::site::Site;
use sse_load::{Connection, Publish};

use crate::side::Side;

const MODULE: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// nginx with four workers.
#[derive(Debug)]
pub(crate) struct Nchan {
    process: Process,
    address: SocketAddr,
    _site: Site,
}

impl Nchan {
    /// Starts it, where it is installed.
    pub(crate) fn start() -> io::Result<Option<Self>> {
        if !Path::new(MODULE).exists() {
            return Ok(None);
        }
        let site = Site::new();
        let directory = site.path("");
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let config = site.path("nginx.conf");
        fs::write(&config, configuration(address, &directory))?;
        let mut command = Command::new(binary::nginx());
        command.arg("-p").arg(&directory).arg("-e").arg("nginx.log").arg("-c").arg(config);
        let process = Process::spawn("nginx", &mut command, &directory);
        wait_for("nginx with nchan to be up", soon(), || {
            assert!(!process.has_exited(), "{}", process.log());
            Connection::open(address).ok()
        });
        Ok(Some(Self { process, address, _site: site }))
    }
}

fn configuration(address: SocketAddr, directory: &Path) -> String {
    let directory = directory.display();
    let user = if rustix::process::geteuid().is_root() { "user root root;" } else { "" };
    format!(
        r"
load_module {MODULE};
daemon off;
{user}
worker_processes 4;
worker_rlimit_nofile 65536;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log notice;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {directory}/body;
    fastcgi_temp_path {directory}/fastcgi;
    proxy_temp_path {directory}/proxy;
    scgi_temp_path {directory}/scgi;
    uwsgi_temp_path {directory}/uwsgi;
    nchan_shared_memory_size 128m;
    nchan_message_buffer_length 1000;
    server {{
        listen {address} reuseport;
        location ~ ^/subscribe/([\w-]+)$ {{ nchan_subscriber eventsource; nchan_channel_id $1; }}
        location ~ ^/publish/([\w-]+)$ {{ nchan_publisher; nchan_channel_id $1; }}
    }}
}}
"
    )
}

impl Side for Nchan {
    fn name(&self) -> &'static str {
        "nchan"
    }

    fn address(&self) -> SocketAddr {
        self.address
    }

    fn path(&self, topic: &str) -> String {
        format!("/subscribe/{topic}")
    }

    fn publisher(&self, topic: &str) -> io::Result<Box<dyn Publish + Send>> {
        Ok(Box::new((Connection::open(self.address)?, format!("/publish/{topic}"))))
    }

    fn holder(&self) -> Vec<Pid> {
        self.process.children()
    }

    fn front(&self) -> Vec<Pid> {
        Vec::new()
    }
}
