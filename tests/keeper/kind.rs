//! The sources of a stream: every server that has a keeper, and a script at the end of a pipe. A script
//! need not know which it runs on: it gets its query either way.

use std::path::Path;
use std::time::Instant;

use rustix::process::Pid;
use server_tests::binary;
use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::{Request, Response};
use server_tests::reader::{End, Piece, ReadError, Reader, Source};
use server_tests::server::{Apache, Builtin, Cgi, Cli, CliProcess, Fpm, FrankenPhp, Php, Server};
use server_tests::site::Site;

/// A kind of server, or the command line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Fpm,
    FpmOverTcp,
    FpmKeepalive,
    Cgi,
    Builtin,
    CommandLine,
    Apache,
    ApachePlain,
    ApacheTls,
    ApacheDeflate,
    FrankenPhp,
    FrankenPhpWorker,
    FrankenPhpProxied,
}

/// With the header that nginx obeys and keeps to itself.
fn behind_nginx(fpm: Fpm) -> Fpm {
    fpm.nginx_line("fastcgi_pass_header X-Accel-Buffering;")
}

/// With bodies that have no framing of their own, and end with the connection.
fn unchunked(apache: Apache) -> Apache {
    let module = binary::apache_modules().join("mod_env.so");
    apache
        .line(&format!("LoadModule env_module {}", module.display()))
        .line("SetEnv force-response-1.0 1")
}

impl Kind {
    /// Runs the site's scripts, so many at a time.
    #[track_caller]
    pub(crate) fn run(self, site: Site, php: Php, workers: usize) -> Running {
        let host = match self {
            Self::CommandLine => Host::CommandLine(php),
            _ => Host::Server(Box::new(self.start(site.as_ref(), php, workers))),
        };
        Running { host, site }
    }

    fn start(self, root: &Path, php: Php, workers: usize) -> Server {
        let apache = |php| Apache::new(root, php).children(workers);
        let frankenphp = |php| FrankenPhp::new(root, php).threads(workers);
        let fpm = |php| behind_nginx(Fpm::new(root, php)).children(workers);
        match self {
            Self::Fpm => fpm(php).start(),
            Self::FpmOverTcp => fpm(php).over_tcp().start(),
            Self::FpmKeepalive => fpm(php).keepalive().start(),
            Self::Cgi => Cgi::new(root, php).children(workers).start(),
            Self::Builtin if workers == 1 => Builtin::new(root, php).start(),
            Self::Builtin => Builtin::new(root, php).workers(workers).start(),
            Self::CommandLine => panic!("the command line is no server"),
            Self::Apache => apache(php).start(),
            Self::ApachePlain => unchunked(apache(php)).start(),
            Self::ApacheTls => apache(php).tls().start(),
            Self::ApacheDeflate => apache(php).deflate().start(),
            Self::FrankenPhp => frankenphp(php).start(),
            Self::FrankenPhpWorker => frankenphp(php).worker_mode().start(),
            Self::FrankenPhpProxied => frankenphp(php).proxied().start(),
        }
    }
}

/// A server, or the command line, that runs the scripts of a site.
pub(crate) struct Running {
    host: Host,
    pub(crate) site: Site,
}

enum Host {
    Server(Box<Server>),
    CommandLine(Php),
}

impl Running {
    /// The output of a script that is asked with this query.
    #[track_caller]
    pub(crate) fn open(&self, script: &str, query: &str) -> Reader<Output> {
        Reader::new(match &self.host {
            Host::Server(_) => Output::slowly(self.get(script, query)),
            Host::CommandLine(php) => {
                let script = self.site.path(script);
                let (process, pipe) = Cli::new(script, php.clone()).argument(query).start();
                Output { bytes: Box::new(pipe.into_source()), _process: Some(process) }
            }
        })
    }

    /// The output of a script of a server's that compresses it so.
    #[track_caller]
    pub(crate) fn open_in(&self, coding: Coding, script: &str, query: &str) -> Reader<Output> {
        let request = Request::get(&format!("/{script}?{query}"));
        let response = self.server().send(&request.header("Accept-Encoding", coding.token()));
        assert_eq!(response.header("Content-Encoding"), Some(coding.token()));
        Reader::new(Output::slowly(response))
    }

    /// The response to a request for a script, as a browser sends it.
    #[track_caller]
    pub(crate) fn get(&self, script: &str, query: &str) -> Response {
        let request = Request::get(&format!("/{script}?{query}"));
        self.server().send(&request.header("Accept-Encoding", "gzip, deflate"))
    }

    /// The server's processes, as far as there are any.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        match &self.host {
            Host::Server(server) => [vec![server.pid()], server.workers()].concat(),
            Host::CommandLine(_) => Vec::new(),
        }
    }

    /// The server's log.
    pub(crate) fn log(&self) -> String {
        match &self.host {
            Host::Server(server) => server.log(),
            Host::CommandLine(_) => String::new(),
        }
    }

    /// The server.
    ///
    /// # Panics
    /// On the command line there is none.
    #[track_caller]
    pub(crate) fn server(&self) -> &Server {
        match &self.host {
            Host::Server(server) => server,
            Host::CommandLine(_) => panic!("the command line is no server"),
        }
    }
}

/// The output of a script. Where the script has a process of its own, dropping this ends it.
pub(crate) struct Output {
    bytes: Box<dyn Source + Send>,
    _process: Option<CliProcess>,
}

impl Output {
    /// The body of a response, of which the server has to wait with what its client does not read soon.
    fn slowly(response: Response) -> Self {
        response.body.source().wire().set_receive_buffer(1 << 16);
        Self::of(response)
    }

    /// The body of a response, as the script has written it.
    pub(crate) fn of(response: Response) -> Self {
        let body = Decoded::body_of(response).into_source();
        Self { bytes: Box::new(body), _process: None }
    }
}

impl Source for Output {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        self.bytes.next_piece(deadline)
    }

    fn end(&self) -> Option<&End> {
        self.bytes.end()
    }
}
