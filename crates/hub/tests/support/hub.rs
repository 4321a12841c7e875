//! A running hub, and the ways to start one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{mem, thread};

use hub_protocol::{Client, EventId, Framing, Reply, Request, Subscription};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::messages::{publish, stream_by};
use super::wait::{soon, wait_until};

/// Has a hub wait for Redis even on a machine with much else to do, unless a test says otherwise.
const PATIENT: [&str; 2] = ["--redis-wait", "5000"];

/// A running hub; killed when the test is over.
pub(crate) struct Hub {
    /// `None` if somebody else looks after it.
    process: Option<Child>,
    socket: PathBuf,
    directory: TempDir,
}

impl Hub {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), options)
    }

    /// Starts one where another has been.
    pub(crate) fn start_in(directory: TempDir, options: &[&str]) -> Self {
        Self::start_with(directory, options, "")
    }

    /// Starts one that shares its events through the Redis with this URL.
    pub(crate) fn start_with(directory: TempDir, options: &[&str], redis: &str) -> Self {
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        command.args(PATIENT).args(options).env("SSE_HUB_REDIS", redis);
        Self::run(command, directory)
    }

    /// Starts a copy of the program, which can be replaced.
    pub(crate) fn start_copy(program: &Path, options: &[&str], redis: &str) -> Self {
        copy_program(program);
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        command.arg("serve").arg("--socket").arg(directory.path().join("hub/hub.sock"));
        command.args(PATIENT).args(options).env("SSE_HUB_REDIS", redis);
        Self::run(command, directory)
    }

    /// Starts one by this name, with this as its path.
    pub(crate) fn start_called(name: &Path, path: Option<&Path>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut command = Command::new(name);
        command.arg("serve").arg("--socket").arg(directory.path().join("hub/hub.sock"));
        if let Some(path) = path {
            command.env("PATH", path);
        }
        Self::run(command, directory)
    }

    /// Starts one that writes its log to a file.
    pub(crate) fn start_logging(directory: TempDir, log: File) -> Self {
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        command.stderr(log);
        Self::run(command, directory)
    }

    /// Starts one that may have so many descriptors.
    pub(crate) fn start_with_descriptors(number: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let serve = command(&directory.path().join("hub/hub.sock"), "serve");
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={number}:{number}")).arg(serve.get_program());
        command.args(serve.get_args());
        Self::run(command, directory)
    }

    /// Starts one as systemd does, which is told there how it goes.
    pub(crate) fn start_notifying(socket: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        command.env("NOTIFY_SOCKET", socket);
        Self::run(command, directory)
    }

    pub(crate) fn run(mut command: Command, directory: TempDir) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "listening\n");
        let socket = directory.path().join("hub/hub.sock");
        Self { process: Some(process), socket, directory }
    }

    /// The one that listens there.
    pub(crate) fn somebody_elses(socket: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { process: None, socket: socket.to_owned(), directory }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.socket.clone()
    }

    fn process(&self) -> &Child {
        self.process.as_ref().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process().id()
    }

    /// The number of descriptors that it has open. It closes the connection of whoever has asked it something a
    /// little later.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap().count()
    }

    /// True if it has the socket with this inode number open.
    pub(crate) fn has_open(&self, socket: u64) -> bool {
        let name = PathBuf::from(format!("socket:[{socket}]"));
        let open = fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap();
        // One that is closed meanwhile leads nowhere.
        open.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to == name))
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(&self.socket(), soon()).unwrap()
    }

    /// A worker that has been granted the lease that this request asks for.
    #[track_caller]
    pub(crate) fn leased_worker(&self, lease: &Request) -> Client {
        let mut worker = self.connect();
        assert_eq!(worker.call(lease, None, soon()).unwrap(), Reply::Granted);
        worker
    }

    pub(crate) fn ask(&self, request: &Request) -> Reply {
        self.connect().call(request, None, soon()).unwrap()
    }

    pub(crate) fn publish(&self, topics: &[&str], data: &str) -> EventId {
        match self.ask(&publish(topics, data)) {
            Reply::Published(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn status(&self) -> serde_json::Value {
        match self.ask(&Request::Status) {
            Reply::Status(report) => serde_json::from_str(&report).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    /// The position of now.
    pub(crate) fn position(&self) -> EventId {
        self.status()["lastEventId"].as_str().unwrap().parse().unwrap()
    }

    /// Has another program go on.
    #[track_caller]
    pub(crate) fn upgrade(&self) {
        assert_eq!(self.ask(&Request::Upgrade), Reply::Upgraded);
    }

    /// Waits until it is connected to Redis.
    pub(crate) fn wait_for_redis(&self) {
        wait_until("connected to Redis", || self.status()["redis"]["connected"] == true);
    }

    /// Waits until a number of the report is as expected.
    pub(crate) fn wait_for(&self, field: &str, expected: u64) {
        let deadline = soon();
        while self.status()[field] != expected {
            assert!(Instant::now() < deadline, "{field}: {}", self.status());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Hands the connection of a new client over, as a worker does.
    pub(crate) fn stream(&self, framing: Framing, subscription: Subscription) -> UnixStream {
        stream_by(&mut self.connect(), framing, subscription)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(self.process()), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn exit_status(&mut self) -> ExitStatus {
        let (process, deadline) = (self.process.as_mut().unwrap(), soon());
        loop {
            if let Some(status) = process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for its end; what it has left behind is given back.
    pub(crate) fn wait(mut self) -> TempDir {
        self.exit_status();
        mem::replace(&mut self.directory, tempfile::tempdir().unwrap())
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// Copies the program. Another one does it: a child that is forked meanwhile would hold our copy open for
/// writing, and it could not be run.
pub(crate) fn copy_program(to: &Path) {
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_sse-hub")).arg(to).status();
    assert!(copied.unwrap().success());
}

pub(crate) fn command(socket: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse-hub"));
    command.arg(name).arg("--socket").arg(socket);
    command
}
