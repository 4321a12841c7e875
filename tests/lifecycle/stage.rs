//! Servers that streams run on, and visitors that watch them: HTTP clients, or the reader of a pipe.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use server_tests::http::Response;
use server_tests::patience::soon;
use server_tests::reader::{Pipe, Reader};
use server_tests::server::{Apache, Builtin, Cgi, Cli, CliProcess, Fpm, FrankenPhp, Php, Server};
use server_tests::site::Site;

/// A server, or the command line, that runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `php -S`.
    Builtin,
    /// nginx and FPM.
    Fpm,
    /// nginx and FPM, over connections that serve one request after the other.
    FpmKeepalive,
    /// Apache with `mod_php`.
    Apache,
    /// nginx and `php-cgi -b`.
    Cgi,
    /// `FrankenPHP`, in classic mode.
    FrankenPhp,
    /// The command line, into a pipe.
    CommandLine,
}

impl Kind {
    /// Makes `script` run here, for so many visitors at once. It finds the number of its visit in
    /// `VISIT`.
    #[track_caller]
    pub(crate) fn stage(self, php: Php, visitors: usize, script: &str) -> Stage {
        let site = Site::new().file("prelude.php", PRELUDE).file("stream.php", script);
        let php = php.ini("auto_prepend_file", &site.path("prelude.php").display().to_string());
        let server = self.start(&site.path(""), php.clone(), visitors);
        Stage { site, server, php }
    }

    /// On the command line there is no server.
    fn start(self, root: &Path, php: Php, workers: usize) -> Option<Server> {
        Some(match self {
            Self::Builtin => Builtin::new(root, php).workers(workers).start(),
            Self::Fpm => Fpm::new(root, php).children(workers).start(),
            Self::FpmKeepalive => Fpm::new(root, php).children(workers).keepalive().start(),
            Self::Apache => Apache::new(root, php).children(workers).start(),
            Self::Cgi => Cgi::new(root, php).children(workers).start(),
            Self::FrankenPhp => FrankenPhp::new(root, php).threads(workers).start(),
            Self::CommandLine => return None,
        })
    }
}

/// Every script may call these.
const PRELUDE: &str = r#"<?php
define('VISIT', $_GET['visit'] ?? $argv[1] ?? '');

// Tells the test something, even when there is no client left.
function note(string $line): void
{
    file_put_contents(__DIR__ . '/notes-' . VISIT, "$line\n", FILE_APPEND);
}
"#;

/// A script that can be visited.
#[derive(Debug)]
pub(crate) struct Stage {
    site: Site,
    /// On the command line there is none.
    server: Option<Server>,
    php: Php,
}

impl Stage {
    /// A visitor to the script, who has got its first event.
    #[track_caller]
    pub(crate) fn visit(&self) -> Visitor {
        static VISITS: AtomicUsize = AtomicUsize::new(0);

        let number = VISITS.fetch_add(1, Ordering::Relaxed).to_string();
        let watches = self.open(&number);
        let mut visitor = Visitor { number, watches };
        visitor.read_until(b"data: ");
        visitor.read_until(b"\n\n");
        visitor
    }

    #[track_caller]
    fn open(&self, number: &str) -> Watches {
        if let Some(server) = &self.server {
            return Watches::Response(server.get(&format!("/stream.php?visit={number}")));
        }
        let script = Cli::new(self.site.path("stream.php"), self.php.clone());
        let (process, stdout) = script.argument(number).start();
        Watches::Pipe(process, stdout)
    }

    /// The notes of the script for this visitor.
    pub(crate) fn notes(&self, visitor: &Visit) -> String {
        self.site.read(&format!("notes-{}", visitor.number))
    }
}

/// Somebody who reads what a script sends.
#[derive(Debug)]
pub(crate) struct Visitor {
    number: String,
    watches: Watches,
}

#[derive(Debug)]
enum Watches {
    Response(Response),
    Pipe(CliProcess, Reader<Pipe>),
}

impl Visitor {
    #[track_caller]
    fn read_until(&mut self, pattern: &[u8]) {
        let read = match &mut self.watches {
            Watches::Response(response) => response.body.read_until(pattern, soon()),
            Watches::Pipe(_, stdout) => stdout.read_until(pattern, soon()),
        };
        read.unwrap();
    }

    /// Leaves.
    pub(crate) fn leave(self) -> Visit {
        let process = match self.watches {
            Watches::Response(response) => {
                response.into_wire().close();
                None
            }
            Watches::Pipe(process, stdout) => {
                drop(stdout);
                Some(process)
            }
        };
        Visit { number: self.number, _process: process }
    }
}

/// A visit that is over; its script may still run.
#[derive(Debug)]
pub(crate) struct Visit {
    number: String,
    /// Ended with this value.
    _process: Option<CliProcess>,
}
