//! The hub, in the foreground so that it can be measured; when it is killed, the extension starts another one.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use server_tests::extension;
use server_tests::patience::{soon, wait_for};
use server_tests::process::{Pid, Process, Signal};

/// The settings of a hub, where they are not the default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// It keeps so many events of a topic.
    pub(crate) backlog: Option<u64>,
    /// It keeps so many bytes of events in all.
    pub(crate) bytes: Option<u64>,
    /// The Redis that it shares events through.
    pub(crate) redis: Option<String>,
    /// The extension starts none: others see to that.
    pub(crate) supervised: bool,
    /// It is in a PID namespace of its own, as in a container.
    pub(crate) contained: bool,
}

/// A hub that is up.
#[derive(Debug)]
pub(crate) struct Hub {
    process: Process,
    directory: PathBuf,
    settings: Settings,
}

impl Hub {
    /// Starts one with a directory of its own in `directory`, and waits for it.
    pub(crate) fn start(directory: &Path, settings: &Settings) -> Self {
        // The hub takes no directory that others may write to.
        let own = Self::directory(directory);
        DirBuilder::new().recursive(true).mode(0o700).create(&own).unwrap();
        let process = spawn(directory, settings);
        wait_until_it_listens(directory, &process);
        Self { process, directory: directory.to_owned(), settings: settings.clone() }
    }

    /// Where it listens.
    pub(crate) fn socket(directory: &Path) -> PathBuf {
        Self::directory(directory).join("hub.sock")
    }

    fn directory(directory: &Path) -> PathBuf {
        directory.join("hub")
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.pid()
    }

    /// Has the program that is installed go on.
    pub(crate) fn upgrade(&self) {
        let told = tell("upgrade", &self.directory).status().unwrap();
        assert!(told.success(), "the hub was not upgraded: {}", self.process.log());
    }

    /// Its own numbers.
    pub(crate) fn status(&self) -> serde_json::Value {
        let told = tell("status", &self.directory).arg("--json").output().unwrap();
        serde_json::from_slice(&told.stdout).unwrap()
    }

    /// Kills it, without a word.
    pub(crate) fn kill(&mut self) {
        self.process.signal(Signal::KILL);
        self.process.wait(soon());
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(&mut self) {
        assert!(tell("stop", &self.directory).status().unwrap().success());
        self.process.wait(soon());
    }

    /// Has it do nothing, until it is sent `CONT`.
    pub(crate) fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Starts another one after it has ended, as a supervisor does.
    pub(crate) fn start_again(&mut self) {
        self.process = spawn(&self.directory, &self.settings);
        wait_until_it_listens(&self.directory, &self.process);
    }
}

impl Drop for Hub {
    /// Ends the one that the extension may have started.
    fn drop(&mut self) {
        if self.process.has_exited() {
            // Where it fails, there is none.
            let _ = tell("stop", &self.directory).stderr(Stdio::null()).status();
        }
    }
}

fn spawn(directory: &Path, settings: &Settings) -> Process {
    let mut command = tell("serve", directory);
    if settings.contained {
        command = contained(&command);
    }
    if let Some(events) = settings.backlog {
        command.args(["--backlog-events", &events.to_string()]);
    }
    if let Some(bytes) = settings.bytes {
        command.args(["--backlog-bytes", &bytes.to_string()]);
    }
    if let Some(url) = &settings.redis {
        command.env("SSE_HUB_REDIS", url);
    }
    Process::spawn("served", &mut command, directory)
}

/// Root makes such a namespace by itself, an ordinary user by way of a user namespace.
fn contained(command: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-current-user"]);
    }
    unshare.arg("--").arg(command.get_program()).args(command.get_args());
    unshare
}

fn tell(what: &str, directory: &Path) -> Command {
    let mut command = Command::new(binary());
    command.arg(what).arg("--socket").arg(Hub::socket(directory));
    command
}

fn wait_until_it_listens(directory: &Path, process: &Process) {
    wait_for("the hub to listen", soon(), || {
        assert!(!process.has_exited(), "the hub did not start: {}", process.log());
        UnixStream::connect(Hub::socket(directory)).ok()
    });
}

/// `SSE_HUB`, else the one that `make build` leaves beside the extension.
pub(crate) fn binary() -> PathBuf {
    env::var_os("SSE_HUB").map_or_else(|| extension::path().with_file_name("sse-hub"), Into::into)
}
