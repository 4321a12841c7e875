//! Clients by others that decode what they have asked for: curl, and Python's `http.client` with its zlib, and with
//! `zstandard` and `brotli` where they are there.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::binary;
use crate::content_coding::Coding;
use crate::http::Endpoint;
use crate::oracle;
use crate::process::Process;
use crate::reader::{Pipe, Reader};

/// A program that decodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// curl.
    Curl,
    /// Python.
    Python,
}

impl Program {
    /// All.
    pub const ALL: [Self; 2] = [Self::Curl, Self::Python];

    /// The codings that it was built with, or has packages for.
    pub fn codings(self) -> Vec<Coding> {
        match self {
            Self::Curl => {
                let version = output(Command::new(binary::curl()).arg("--version"));
                let libraries: Vec<_> = version.split_whitespace().collect();
                let has = |coding: &Coding| match coding {
                    Coding::Zstd => libraries.contains(&"zstd"),
                    Coding::Brotli => libraries.contains(&"brotli"),
                    Coding::Gzip | Coding::Deflate => libraries.contains(&"libz"),
                };
                Coding::ALL.into_iter().filter(has).collect()
            }
            Self::Python => {
                output(python().arg("has")).split_whitespace().filter_map(Coding::of).collect()
            }
        }
    }

    /// Asks for a page in this coding. It gives each piece of the body as it comes, decoded.
    #[track_caller]
    pub fn get(self, server: &Endpoint, target: &str, coding: Coding) -> Client {
        let directory = TempDir::new().unwrap();
        let head = directory.path().join("head");
        let url = server.url(target);
        let mut command = match self {
            Self::Curl => {
                let mut curl = Command::new(binary::curl());
                curl.args([
                    "--silent",
                    "--show-error",
                    "--insecure",
                    "--no-buffer",
                    "--compressed",
                ]);
                curl.arg("--header").arg("Accept: text/event-stream");
                curl.arg("--header").arg(format!("Accept-Encoding: {}", coding.token()));
                curl.arg("--dump-header").arg(&head).arg(url);
                curl
            }
            Self::Python => {
                let mut python = python();
                python.args(["get", &url, coding.token()]);
                python
            }
        };
        let (process, _, stdout) = Process::spawn_piped("client", &mut command, directory.path());
        let body = Reader::new(stdout.into());
        Client {
            body,
            process,
            head: (self == Self::Curl).then_some(head),
            coding,
            _directory: directory,
        }
    }
}

/// A program that reads a body.
#[derive(Debug)]
pub struct Client {
    /// What it has decoded.
    pub body: Reader<Pipe>,
    process: Process,
    /// Where it has written the head to; Python checks the coding itself.
    head: Option<PathBuf>,
    coding: Coding,
    _directory: TempDir,
}

impl Client {
    /// The rest of the body, which has to end as the coding has it.
    ///
    /// # Panics
    /// When the program fails, with its words.
    #[track_caller]
    pub fn into_rest(mut self, deadline: Instant) -> Vec<u8> {
        let rest = self.body.read_to_end(deadline).unwrap();
        let status = self.process.wait(deadline);
        assert!(status.success(), "{status}: {}", self.process.log());
        if let Some(head) = self.head {
            let head = std::fs::read_to_string(head).unwrap().to_ascii_lowercase();
            let line = format!("\r\ncontent-encoding: {}\r\n", self.coding.token());
            assert!(head.contains(&line), "{head}");
        }
        rest
    }
}

/// The program with the codings of Python's.
pub fn python() -> Command {
    let mut command = Command::new(binary::python());
    command.arg(oracle::driver("codings.py"));
    command
}

fn output(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}
