//! nginx, in front of FPM or `php-cgi -b`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::runs_as_root;
use crate::binary;
use crate::port::start_on_free_port;
use crate::process::Process;

/// The settings that tests vary. All else is as nginx has it by default, its buffering of responses included.
#[derive(Clone, Debug)]
pub(super) struct Nginx {
    root: PathBuf,
    keepalive: bool,
    front_controller: Option<String>,
    workers: usize,
    reuseport: bool,
    lines: Vec<String>,
    /// Of PHP's own: which paths, and what holds there.
    locations: Vec<(String, String)>,
}

impl Nginx {
    pub(super) fn new(root: &Path) -> Self {
        let root = root.to_owned();
        Self {
            root,
            keepalive: false,
            front_controller: None,
            workers: 1,
            reuseport: false,
            lines: Vec::new(),
            locations: Vec::new(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn keepalive(&mut self) {
        self.keepalive = true;
    }

    pub(super) fn front_controller(&mut self, script: &str) {
        self.front_controller = Some(script.to_owned());
    }

    pub(super) fn workers(&mut self, workers: usize) {
        self.workers = workers;
        self.reuseport = true;
    }

    pub(super) fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    pub(super) fn location(&mut self, paths: &str, line: &str) {
        self.locations.push((paths.to_owned(), line.to_owned()));
    }

    /// Starts it; `upstream` is in nginx's notation.
    #[track_caller]
    pub(super) fn start(&self, upstream: &str, directory: &Path) -> (Process, SocketAddr) {
        start_on_free_port("start worker process ", |addr| {
            let config = directory.join("nginx.conf");
            fs::write(&config, self.config(addr, upstream, directory)).unwrap();
            let mut command = Command::new(binary::nginx());
            command.arg("-p").arg(directory).arg("-e").arg("nginx.log").arg("-c").arg(config);
            Process::spawn("nginx", &mut command, directory)
        })
    }

    // Long: one file of nginx's.
    fn config(&self, addr: SocketAddr, upstream: &str, directory: &Path) -> String {
        let directory = directory.display();
        let root = self.root.display();
        let user = if runs_as_root() { "user root root;" } else { "" };
        // From 1.29.7 on, nginx keeps the connections of an `upstream` block where nothing is said, also those that PHP
        // closes: then a POST after an unbuffered response is a 502.
        let (keepalive, keep_conn, pass) =
            if self.keepalive { ("keepalive 16;", "on", "php") } else { ("", "off", upstream) };
        let fallback = self
            .front_controller
            .as_deref()
            .map_or_else(|| "=404".to_owned(), |script| format!("/{script}$is_args$args"));
        let workers = self.workers;
        let reuseport = if self.reuseport { " reuseport" } else { "" };
        let lines = self.lines.join("\n        ");
        let locations = self.locations.iter();
        let locations = locations
            .map(|(paths, line)| format!("location {paths} {{ fastcgi_pass {pass}; {line} }}"));
        let locations = locations.collect::<Vec<_>>().join("\n        ");
        format!(
            r"
daemon off;
{user}
worker_processes {workers};
worker_rlimit_nofile 65536;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log notice;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    default_type application/octet-stream;
    types {{ text/html html; text/css css; text/javascript js; }}
    client_body_temp_path {directory}/body;
    fastcgi_temp_path {directory}/fastcgi;
    proxy_temp_path {directory}/proxy;
    scgi_temp_path {directory}/scgi;
    uwsgi_temp_path {directory}/uwsgi;
    upstream php {{ server {upstream}; {keepalive} }}
    server {{
        listen {addr}{reuseport};
        root {root};
        fastcgi_keep_conn {keep_conn};
        fastcgi_param GATEWAY_INTERFACE CGI/1.1;
        fastcgi_param SERVER_SOFTWARE nginx;
        fastcgi_param SERVER_PROTOCOL $server_protocol;
        fastcgi_param SERVER_ADDR $server_addr;
        fastcgi_param SERVER_PORT $server_port;
        fastcgi_param SERVER_NAME $server_name;
        fastcgi_param REMOTE_ADDR $remote_addr;
        fastcgi_param REMOTE_PORT $remote_port;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param REQUEST_URI $request_uri;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param CONTENT_TYPE $content_type;
        fastcgi_param CONTENT_LENGTH $content_length;
        fastcgi_param DOCUMENT_ROOT $document_root;
        fastcgi_param SCRIPT_NAME $fastcgi_script_name;
        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
        fastcgi_param REDIRECT_STATUS 200;
        {lines}
        {locations}
        location / {{ try_files $uri {fallback}; }}
        location ~ \.php$ {{ fastcgi_pass {pass}; }}
    }}
}}
"
        )
    }
}
