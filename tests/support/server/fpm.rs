//! nginx and PHP-FPM.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::home::Home;
use super::nginx::Nginx;
use super::{Front, Php, Server, runs_as_root};
use crate::binary;
use crate::http::Endpoint;
use crate::port::{is_up, start_on_free_port};
use crate::process::{Process, Signal};

/// Logged when FPM is ready for requests and for signals.
const READY: &str = "ready to handle connections";

/// The name of the socket that FPM listens on.
const SOCKET: &str = "fpm.sock";

/// nginx in front of FPM with a static pool, to be started.
#[derive(Clone, Debug)]
pub struct Fpm {
    php: Php,
    nginx: Nginx,
    children: usize,
    process_control_timeout: u32,
    over_tcp: bool,
    pool: Vec<String>,
}

impl Fpm {
    /// Serves the directory `root` with four workers, over a unix socket.
    pub fn new(root: impl AsRef<Path>, php: Php) -> Self {
        Self {
            php,
            nginx: Nginx::new(root.as_ref()),
            children: 4,
            process_control_timeout: 0,
            over_tcp: false,
            pool: Vec::new(),
        }
    }

    /// With so many workers.
    #[must_use]
    pub fn children(mut self, children: usize) -> Self {
        self.children = children;
        self
    }

    /// With so many seconds for workers to end by themselves when FPM reloads.
    #[must_use]
    pub fn process_control_timeout(mut self, seconds: u32) -> Self {
        self.process_control_timeout = seconds;
        self
    }

    /// Over TCP between nginx and FPM.
    #[must_use]
    pub fn over_tcp(mut self) -> Self {
        self.over_tcp = true;
        self
    }

    /// With so many workers of nginx that share connections evenly (`reuseport`); the default is one.
    #[must_use]
    pub fn nginx_workers(mut self, workers: usize) -> Self {
        self.nginx.workers(workers);
        self
    }

    /// With connections between nginx and FPM that serve one request after the other.
    #[must_use]
    pub fn keepalive(mut self) -> Self {
        self.nginx.keepalive();
        self
    }

    /// With paths that are no files going to this script.
    #[must_use]
    pub fn front_controller(mut self, script: &str) -> Self {
        self.nginx.front_controller(script);
        self
    }

    /// With a line in the pool's configuration, such as `php_admin_value[output_buffering] = 4096`.
    #[must_use]
    pub fn pool_line(mut self, line: &str) -> Self {
        self.pool.push(line.to_owned());
        self
    }

    /// With a line in nginx's `server` block.
    #[must_use]
    pub fn nginx_line(mut self, line: &str) -> Self {
        self.nginx.line(line);
        self
    }

    /// With a line that holds where these paths, in nginx's notation, go to PHP.
    #[must_use]
    pub fn nginx_location(mut self, paths: &str, line: &str) -> Self {
        self.nginx.location(paths, line);
        self
    }

    /// Starts both.
    #[track_caller]
    pub fn start(self) -> Server {
        let directory = Home::new();
        let (php, upstream) = if self.over_tcp {
            self.start_over_tcp(directory.path())
        } else {
            self.start_over_unix_socket(directory.path())
        };
        let front = self.nginx.start(&upstream, directory.path());
        Self::server(front, php, directory)
    }

    /// Starts it behind another web server than nginx.
    #[track_caller]
    pub fn start_behind(self, front: &impl Front) -> Server {
        let directory = Home::new();
        // The web server may run as somebody else.
        let fpm = self.pool_line("listen.mode = 0666");
        let (php, _) = fpm.start_over_unix_socket(directory.path());
        let socket = directory.path().join(SOCKET);
        let front = front.start(&socket, fpm.nginx.root(), directory.path());
        Self::server(front, php, directory)
    }

    fn server((front, addr): (Process, SocketAddr), php: Process, directory: Home) -> Server {
        Server {
            endpoint: Endpoint::plain(addr),
            front: vec![front],
            php,
            reload: Some(Signal::USR2),
            directory,
        }
    }

    /// Stops the FPM of a server that was started from this, and starts it again.
    ///
    /// # Panics
    /// When it listens on TCP.
    #[track_caller]
    pub fn restart(&self, server: &mut Server) {
        assert!(!self.over_tcp, "the port could be another's by then");
        server.php.stop();
        fs::remove_file(server.php.log_path()).unwrap();
        server.php = self.start_over_unix_socket(server.directory.path()).0;
    }

    fn start_over_tcp(&self, directory: &Path) -> (Process, String) {
        let (php, addr) =
            start_on_free_port(READY, |addr| self.spawn(&addr.to_string(), directory));
        (php, addr.to_string())
    }

    fn start_over_unix_socket(&self, directory: &Path) -> (Process, String) {
        let socket = directory.join(SOCKET).display().to_string();
        let php = self.spawn(&socket, directory);
        let up = is_up(&php, || php.log().contains(READY));
        assert!(up, "FPM did not start: {}", php.log());
        (php, format!("unix:{socket}"))
    }

    fn spawn(&self, listen: &str, directory: &Path) -> Process {
        let config = directory.join("fpm.conf");
        fs::write(&config, self.config(listen, directory)).unwrap();
        let mut command = Command::new(binary::php_fpm());
        command.arg("--nodaemonize").arg("--fpm-config").arg(config);
        if runs_as_root() {
            command.arg("--allow-to-run-as-root");
        }
        self.php.clone().configure(&mut command, directory);
        Process::spawn("fpm", &mut command, directory)
    }

    fn config(&self, listen: &str, directory: &Path) -> String {
        let Self { children, process_control_timeout, .. } = self;
        let directory = directory.display();
        let user = if runs_as_root() { "user = root\ngroup = root" } else { "" };
        let pool = self.pool.join("\n");
        format!(
            "[global]
error_log = {directory}/fpm.log
process_control_timeout = {process_control_timeout}

[www]
{user}
listen = {listen}
pm = static
pm.max_children = {children}
catch_workers_output = yes
{pool}
"
        )
    }
}
