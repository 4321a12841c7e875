//! Runs scripts on the command line, and on nginx + FPM, with opcache as it is by default.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use server_tests::process::Pid;
use server_tests::server::{self, Php, Server};
use server_tests::site::Site;
use server_tests::{binary, extension};

use crate::script::Script;

/// One that runs the scripts of a site.
pub(crate) trait Runner {
    /// Runs a script; returns what it puts out.
    fn output(&self, script: &Script) -> Vec<u8>;

    /// Runs a script to be measured.
    fn run(&self, script: &Script) {
        self.output(script);
    }
}

/// The command line.
pub(crate) struct CommandLine {
    root: PathBuf,
}

impl CommandLine {
    pub(crate) fn new(site: &Site) -> Self {
        Self { root: site.as_ref().to_owned() }
    }

    fn command(&self, script: &Script) -> Command {
        let mut command = Command::new(binary::php());
        command.args(["-n", "-d", "display_errors=stderr"]);
        command.args(["-d", "zend_extension=opcache", "-d", "opcache.enable_cli=1"]);
        if script.uses_sse {
            command.arg("-d").arg(format!("extension={}", extension::path().display()));
        }
        command.arg(self.root.join(&script.name));
        command
    }
}

impl Runner for CommandLine {
    fn output(&self, script: &Script) -> Vec<u8> {
        let output = self.command(script).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{} failed", script.name);
        output.stdout
    }

    /// Its output goes to `/dev/null`.
    fn run(&self, script: &Script) {
        let status = self.command(script).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{} failed", script.name);
    }
}

/// nginx in front of FPM with one worker, and a client that reads all; twice, with the extension and
/// without.
pub(crate) struct Fpm {
    with_sse: Server,
    plain: Server,
}

impl Fpm {
    pub(crate) fn start(site: &Site) -> Self {
        let start = |php: Php| {
            server::Fpm::new(site, php.ini("zend_extension", "opcache")).children(1).start()
        };
        Self { with_sse: start(Php::with_sse()), plain: start(Php::plain()) }
    }

    /// The process that runs such a script.
    pub(crate) fn worker(&self, script: &Script) -> Pid {
        self.server(script).workers()[0]
    }

    fn server(&self, script: &Script) -> &Server {
        if script.uses_sse { &self.with_sse } else { &self.plain }
    }
}

impl Runner for Fpm {
    fn output(&self, script: &Script) -> Vec<u8> {
        let server = self.server(script);
        let response = server.get(&format!("/{}", script.name));
        assert_eq!(response.status(), 200, "{}: {}", script.name, server.log());
        response.into_body()
    }
}
