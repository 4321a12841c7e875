//! Real servers on loopback, each in a temporary directory with a configuration of its own.
//!
//! They use nothing of what the machine has configured, listen on ports that were free, run as the
//! user who runs the tests, and are gone with the value that stands for them. When a test fails, their
//! logs are printed.
//!
//! # Layout
//! - `builtin`, `fpm`, `cgi`, `apache`, `fcgid`, `frankenphp`: servers that run PHP
//! - `nginx`: in front of FPM or `php-cgi -b`
//! - `front`, `caddy`, `haproxy`, `lighttpd`, `nginx_proxy`, `varnish`: what else can stand in front
//! - `cli`, `php`: the command line; settings of PHP
//! - `home`: a server's directory, and the hub of its scripts

mod apache;
mod builtin;
mod caddy;
mod cgi;
mod cli;
mod fcgid;
mod fpm;
mod frankenphp;
mod front;
mod haproxy;
mod home;
mod lighttpd;
mod nginx;
mod nginx_proxy;
mod php;
mod varnish;

use std::ops::Deref;

pub use self::apache::Apache;
pub use self::builtin::Builtin;
pub use self::caddy::{Caddy, CaddyWith};
pub use self::cgi::Cgi;
pub use self::cli::{Cli, CliProcess};
pub use self::fcgid::{Fcgid, ProxyFcgi, ProxyFcgiWithDeflate};
pub use self::fpm::Fpm;
pub use self::frankenphp::{FrankenPhp, get_by_http_2};
pub use self::front::{Front, Proxy};
pub use self::haproxy::HaProxy;
use self::home::Home;
pub use self::lighttpd::Lighttpd;
pub use self::nginx_proxy::NginxProxy;
pub use self::php::Php;
pub use self::varnish::Varnish;
use crate::http::Endpoint;
use crate::process::{Pid, Process, Signal};

/// A server that is up and runs PHP scripts. What can be asked of an [`Endpoint`] can be asked of it.
#[derive(Debug)]
pub struct Server {
    endpoint: Endpoint,
    /// The servers between the client and PHP, the nearest to the client first.
    front: Vec<Process>,
    php: Process,
    reload: Option<Signal>,
    /// Dropped last: the others live in it.
    directory: Home,
}

impl Server {
    /// The process that runs PHP, or the master of those that do.
    pub fn pid(&self) -> Pid {
        self.php.pid()
    }

    /// The processes that run PHP.
    pub fn workers(&self) -> Vec<Pid> {
        match self.php.children() {
            none if none.is_empty() => vec![self.pid()],
            workers => workers,
        }
    }

    /// The processes of what stands between the client and PHP; none where nothing does.
    pub fn front(&self) -> Vec<Pid> {
        self.front
            .iter()
            .flat_map(|front| front.children().into_iter().chain([front.pid()]))
            .collect()
    }

    /// With another server in front of it, which the client speaks to from now on.
    #[must_use]
    #[track_caller]
    pub fn behind(mut self, proxy: &impl Proxy) -> Self {
        let (process, addr) = proxy.start(self.endpoint.addr(), self.directory.path());
        self.front.insert(0, process);
        self.endpoint = Endpoint::plain(addr);
        self
    }

    /// Tells the server to start anew with fresh workers, as its administrator would, and does not
    /// wait for it.
    ///
    /// # Panics
    /// When it is of a kind that cannot.
    #[track_caller]
    pub fn reload(&self) {
        self.signal(self.reload.expect("this server knows no reload"));
    }

    /// True if its administrator can tell it to start anew.
    pub fn can_reload(&self) -> bool {
        self.reload.is_some()
    }

    /// Sends a signal to the process that runs PHP, or to the master of those that do.
    pub fn signal(&self, signal: Signal) {
        self.php.signal(signal);
    }

    /// The logs of the server, of PHP and of the server in front of it.
    pub fn log(&self) -> String {
        self.front.iter().chain([&self.php]).map(Process::log).collect()
    }
}

impl Deref for Server {
    type Target = Endpoint;

    fn deref(&self) -> &Endpoint {
        &self.endpoint
    }
}

fn runs_as_root() -> bool {
    rustix::process::geteuid().is_root()
}
