//! The places a stream can come from: every server that has a keeper, and a script at the end of a
//! pipe. A script need not know which it is in: it gets its query either way.

use std::{path::Path, time::Instant};

use server_tests::{
    binary,
    http::Request,
    reader::{End, Piece, ReadError, Reader, Source},
    server::{Apache, Builtin, Cgi, Cli, CliProcess, Fpm, Php, Server},
    site::Site,
};

/// A kind of place.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Server(fn(root: &Path, php: Php, workers: usize) -> Server),
    CommandLine,
}

pub(crate) const FPM: Kind =
    Kind::server("FPM", |root, php, workers| Fpm::new(root, php).children(workers).start());
pub(crate) const FPM_OVER_TCP: Kind = Kind::server("FPM, TCP", |root, php, workers| {
    Fpm::new(root, php).children(workers).over_tcp().start()
});
pub(crate) const FPM_KEPT_ALIVE: Kind = Kind::server("FPM, keepalive", |root, php, workers| {
    Fpm::new(root, php).children(workers).keepalive().start()
});
pub(crate) const CGI: Kind =
    Kind::server("php-cgi -b", |root, php, workers| Cgi::new(root, php).children(workers).start());
pub(crate) const BUILTIN: Kind =
    Kind::server("php -S", |root, php, workers| Builtin::new(root, php).workers(workers).start());
pub(crate) const COMMAND_LINE: Kind = Kind { name: "CLI pipe", place: Place::CommandLine };
pub(crate) const APACHE: Kind = Kind::server("Apache, chunked", |root, php, workers| {
    Apache::new(root, php).children(workers).start()
});
pub(crate) const APACHE_PLAIN: Kind = Kind::server("Apache, plain", |root, php, workers| {
    unchunked(Apache::new(root, php)).children(workers).start()
});
pub(crate) const APACHE_TLS: Kind = Kind::server("Apache, TLS", |root, php, workers| {
    Apache::new(root, php).children(workers).tls().start()
});
pub(crate) const APACHE_DEFLATE: Kind = Kind::server("Apache, deflate", |root, php, workers| {
    Apache::new(root, php).children(workers).deflate().start()
});

/// With bodies that have no framing of their own, and end with the connection.
fn unchunked(apache: Apache) -> Apache {
    let module = binary::apache_modules().join("mod_env.so");
    apache
        .line(&format!("LoadModule env_module {}", module.display()))
        .line("SetEnv force-response-1.0 1")
}

impl Kind {
    const fn server(name: &'static str, start: fn(&Path, Php, usize) -> Server) -> Self {
        Self { name, place: Place::Server(start) }
    }

    /// Runs the site's scripts, so many at a time.
    pub(crate) fn run(&self, site: Site, php: Php, workers: usize) -> Running {
        match self.place {
            Place::Server(start) => {
                let server = start(site.as_ref(), php, workers);
                Running { host: Host::Server(Box::new(server)), site }
            }
            Place::CommandLine => Running { host: Host::CommandLine(php), site },
        }
    }
}

/// A place that runs the scripts of a site.
pub(crate) struct Running {
    host: Host,
    pub(crate) site: Site,
}

enum Host {
    Server(Box<Server>),
    CommandLine(Php),
}

impl Running {
    /// What a script puts out that is asked with this query.
    #[track_caller]
    pub(crate) fn open(&self, script: &str, query: &str) -> Reader<Output> {
        let output = match &self.host {
            Host::Server(server) => {
                let target = format!("/{script}?{query}");
                let request = Request::get(&target).header("Accept-Encoding", "gzip, deflate");
                let body = server.send(&request).body.into_source();
                Output { bytes: Box::new(body), _process: None }
            }
            Host::CommandLine(php) => {
                let script = self.site.path(script);
                let (process, pipe) = Cli::new(script, php.clone()).argument(query).start();
                Output { bytes: Box::new(pipe.into_source()), _process: Some(process) }
            }
        };
        Reader::new(output)
    }
}

/// What a script puts out. Where the script has a process of its own, dropping this ends it.
pub(crate) struct Output {
    bytes: Box<dyn Source + Send>,
    _process: Option<CliProcess>,
}

impl Source for Output {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        self.bytes.next_piece(deadline)
    }

    fn end(&self) -> Option<&End> {
        self.bytes.end()
    }
}
