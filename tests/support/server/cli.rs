//! A script on the command line, with pipes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus};
use std::time::Instant;

use super::Php;
use super::home::Home;
use crate::binary;
use crate::process::{Pid, Process, Signal};
use crate::reader::{Pipe, Reader};

/// A script to be run by PHP's command line.
#[derive(Clone, Debug)]
pub struct Cli {
    script: PathBuf,
    php: Php,
    arguments: Vec<String>,
}

impl Cli {
    /// Runs the file `script`.
    pub fn new(script: impl AsRef<Path>, php: Php) -> Self {
        Self { script: script.as_ref().to_owned(), php, arguments: Vec::new() }
    }

    /// With one more argument in `$argv`.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Starts it. Dropping the reader closes the pipe that is the script's stdout.
    #[track_caller]
    pub fn start(self) -> (CliProcess, Reader<Pipe>) {
        let directory = Home::new();
        let mut command = Command::new(binary::php());
        command.arg(self.script).args(self.arguments);
        self.php.configure(&mut command, directory.path());
        let (process, stdin, stdout) = Process::spawn_piped("php", &mut command, directory.path());
        let process = CliProcess { process, stdin: Some(stdin), _directory: directory };
        (process, Reader::new(stdout.into()))
    }
}

/// A script that runs.
#[derive(Debug)]
pub struct CliProcess {
    process: Process,
    stdin: Option<ChildStdin>,
    _directory: Home,
}

impl CliProcess {
    /// The process.
    pub fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Writes to its stdin.
    #[track_caller]
    pub fn write(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("stdin is open").write_all(bytes).unwrap();
    }

    /// Closes its stdin.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Everything that it has written to stderr.
    pub fn stderr(&self) -> String {
        self.process.log()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(&mut self, deadline: Instant) -> ExitStatus {
        self.process.wait(deadline)
    }
}
