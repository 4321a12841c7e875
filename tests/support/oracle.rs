//! Clients written by others parse the bytes of an event stream.
//!
//! They are child processes that answer one line of JSON with another, so that one process serves
//! thousands of cases. `scripts/install-oracles` installs them.
//!
//! Where they deviate from the standard (versions as in that script):
//! - eventsource-parser, eventsource and fetch-event-source give an event the ID that stands in it, not the
//!   last event ID;
//! - fetch-event-source, openai and go-sse dispatch an event at every empty line, whether it has data or not;
//! - fetch-event-source forgets empty lines that data begins with, and a byte order mark at the start of
//!   every value;
//! - httpx-sse, once it has seen an ID, dispatches an event with empty data at every empty line, and
//!   takes a byte order mark at the start of a stream for text.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use tempfile::TempDir;

use crate::binary;
use crate::patience::within;
use crate::process::Process;
use crate::reader::{Pipe, Reader};

/// An event as a foreign parser dispatched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OracleEvent {
    /// The event type, `message` by default.
    pub event: String,
    /// The data.
    pub data: String,
    /// The ID, see the module's list of deviations.
    pub id: Option<String>,
}

/// A foreign parser that runs.
#[derive(Debug)]
pub struct Oracle {
    stdin: ChildStdin,
    stdout: Reader<Pipe>,
    _process: Process,
    _directory: TempDir,
}

impl Oracle {
    /// npm's eventsource-parser, on Node.js.
    #[track_caller]
    pub fn eventsource_parser() -> Self {
        Self::node("eventsource-parser")
    }

    /// npm's eventsource, on Node.js.
    #[track_caller]
    pub fn eventsource() -> Self {
        Self::node("eventsource")
    }

    /// npm's @microsoft/fetch-event-source, on Node.js.
    #[track_caller]
    pub fn fetch_event_source() -> Self {
        Self::node("fetch-event-source")
    }

    /// `PyPI`'s httpx-sse, on Python.
    #[track_caller]
    pub fn httpx_sse() -> Self {
        Self::python("httpx-sse")
    }

    /// The decoder of `PyPI`'s openai, on Python.
    #[track_caller]
    pub fn openai() -> Self {
        Self::python("openai-decoder")
    }

    /// Go's go-sse.
    #[track_caller]
    pub fn go_sse() -> Self {
        Self::start("go-sse", &mut Command::new(installed("go/go-sse")))
    }

    /// The same, as it connects to `url`, and comes back when the stream ends: each line is an event.
    #[track_caller]
    pub fn go_sse_on(url: &str) -> Self {
        Self::start("go-sse", Command::new(installed("go/go-sse")).arg(url))
    }

    #[track_caller]
    fn node(name: &str) -> Self {
        let mut command = Command::new(binary::node());
        command.arg(driver(&format!("{name}.cjs")));
        Self::start(name, command.env("NODE_PATH", installed("npm/node_modules")))
    }

    #[track_caller]
    fn python(name: &str) -> Self {
        let mut command = Command::new(installed("pypi/bin/python"));
        Self::start(name, command.arg(driver(&format!("{name}.py"))))
    }

    #[track_caller]
    fn start(name: &str, command: &mut Command) -> Self {
        let directory = TempDir::new().unwrap();
        let (process, stdin, stdout) = Process::spawn_piped(name, command, directory.path());
        let stdout = Reader::new(stdout.into());
        Self { stdin, stdout, _process: process, _directory: directory }
    }

    /// The events in a stream that comes in these pieces.
    #[track_caller]
    pub fn parse<'a>(&mut self, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<OracleEvent> {
        let question: Value = pieces.into_iter().map(|piece| BASE64.encode(piece)).collect();
        writeln!(self.stdin, "{question}").unwrap();
        let answer = self.stdout.read_until(b"\n", within(Duration::from_secs(60))).unwrap();
        let answer: Vec<Value> = serde_json::from_slice(&answer).unwrap();
        answer.iter().map(event).collect()
    }
}

impl Oracle {
    /// The next event of one that follows a stream.
    #[track_caller]
    pub fn next_event(&mut self) -> OracleEvent {
        let answer = self.stdout.read_until(b"\n", within(Duration::from_secs(60))).unwrap();
        event(&serde_json::from_slice(&answer).unwrap())
    }
}

fn event(answer: &Value) -> OracleEvent {
    let string = |name| answer[name].as_str().map(str::to_owned);
    OracleEvent {
        event: string("event").expect("every event has a type"),
        data: string("data").expect("every event has data"),
        id: string("id"),
    }
}

/// Where a package of npm's is.
#[track_caller]
pub fn npm_package(name: &str) -> PathBuf {
    installed(&format!("npm/node_modules/{name}"))
}

/// Where a program in `oracle/` is.
pub(crate) fn driver(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("support/oracle").join(name)
}

#[track_caller]
fn installed(name: &str) -> PathBuf {
    let directory = |variable| env::var_os(variable).map(PathBuf::from);
    let cache = directory("SSE_CACHE_DIR")
        .or_else(|| Some(directory("XDG_CACHE_HOME")?.join("sse-dev")))
        .or_else(|| Some(directory("HOME")?.join(".cache/sse-dev")))
        .expect("SSE_CACHE_DIR, XDG_CACHE_HOME or HOME is set");
    let path = cache.join("clients").join(name);
    assert!(path.exists(), "{} is missing: run scripts/install-oracles", path.display());
    path
}
