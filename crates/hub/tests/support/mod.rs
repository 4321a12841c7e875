//! A hub of its own for each test, a worker that hands connections over, and clients that read them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]
#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod storm;

use std::{
    fs::{self, File, Permissions},
    io::{BufRead, BufReader, Read},
    os::{
        fd::AsFd,
        unix::{fs::PermissionsExt, net::UnixStream},
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use hub_protocol::{
    Client, Delivery, EventId, Framing, HeartbeatText, Publication, Reply, Request, Response,
    Subscription, Topic, Topics,
};
use rustix::{
    process::{Gid, Pid, Signal, Uid, kill_process},
    thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use tempfile::TempDir;

pub(crate) const FASTCGI: Framing = Framing::FastCgi { request_id: 1, is_kept: false };

/// Has a hub wait for Redis even on a machine with much else to do, unless a test says otherwise.
const PATIENT: [&str; 2] = ["--redis-wait", "5000"];

/// A deadline that only something broken meets.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

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
    pub(crate) fn start_notifying(place: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        command.env("NOTIFY_SOCKET", place);
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

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).unwrap().count()
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(&self.socket(), soon()).unwrap()
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

    /// Waits until its log of events is Redis.
    pub(crate) fn wait_for_redis(&self) {
        let deadline = soon();
        while self.status()["redis"]["connected"] != true {
            assert!(Instant::now() < deadline, "{}", self.status());
            thread::sleep(Duration::from_millis(2));
        }
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
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for its end; what it has left behind is given back.
    pub(crate) fn wait(mut self) -> TempDir {
        self.exit_status();
        std::mem::replace(&mut self.directory, tempfile::tempdir().unwrap())
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

/// Hands the connection of a new client over, as a worker does that has said something before.
pub(crate) fn stream_by(
    worker: &mut Client,
    framing: Framing,
    subscription: Subscription,
) -> UnixStream {
    let (client, connection) = UnixStream::pair().unwrap();
    let response = Response { framing, before: Vec::new() };
    let request = Request::HandOver { subscription, response };
    let reply = worker.call(&request, Some(connection.as_fd()), soon()).unwrap();
    assert_eq!(reply, Reply::Accepted);
    drop(connection);
    worker.send(&Request::Commit, None, soon()).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client
}

/// The id of the next of the events that somebody publishes.
pub(crate) fn published(client: &mut Client) -> EventId {
    loop {
        match client.next_reply().unwrap() {
            Some(Reply::Published(id)) => return id,
            Some(other) => panic!("{other:?}"),
            None => client.fill().unwrap(),
        }
    }
}

/// The next event that a worker is sent for a stream of its own.
pub(crate) fn next_delivery(worker: &mut Client) -> Delivery {
    loop {
        match worker.next_reply().unwrap() {
            Some(Reply::Delivery(delivery)) => return delivery,
            Some(other) => panic!("{other:?}"),
            None => worker.fill().unwrap(),
        }
    }
}

/// The same, positions apart.
pub(crate) fn next_event(worker: &mut Client) -> Delivery {
    loop {
        let delivery = next_delivery(worker);
        if delivery.event.as_ref().is_none_or(|event| event.as_str() != "sse:position") {
            return delivery;
        }
    }
}

/// A record of FastCGI.
pub(crate) fn record(content: &str) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [b"\x01\x06\0\x01\0", &[length, 0, 0][..], content.as_bytes()].concat()
}

/// A chunk of HTTP/1.1.
pub(crate) fn chunk(content: &str) -> String {
    format!("{:x}\r\n{content}\r\n", content.len())
}

/// Copies the program. Another one does it: a child that is forked meanwhile would hold our copy open for
/// writing, and it could not be run.
pub(crate) fn copy_program(to: &Path) {
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_sse-hub")).arg(to).status();
    assert!(copied.unwrap().success());
}

/// Runs on a thread that is a user in these groups, the first of which is its own.
pub(crate) fn as_user<T: Send>(uid: u32, groups: &[u32], run: impl FnOnce() -> T + Send) -> T {
    let groups: Vec<Gid> = groups.iter().copied().map(Gid::from_raw).collect();
    let (uid, gid) = (Uid::from_raw(uid), groups[0]);
    let become_user = || {
        set_thread_groups(&groups)?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)
    };
    thread::scope(|scope| {
        let user = scope.spawn(|| {
            become_user().unwrap();
            run()
        });
        user.join().unwrap()
    })
}

/// A directory that everybody may look into, as those are where hubs have theirs.
pub(crate) fn open_directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    directory
}

pub(crate) fn command(socket: &Path, name: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sse-hub"));
    command.arg(name).arg("--socket").arg(socket);
    command
}

pub(crate) fn topics(names: &[&str]) -> Topics {
    let topics: Vec<Topic> =
        names.iter().map(|name| Topic::new(name.as_bytes()).unwrap()).collect();
    topics.try_into().unwrap()
}

pub(crate) fn publish(names: &[&str], data: &str) -> Request {
    let data = data.as_bytes().to_vec();
    Request::Publish(Publication { topics: topics(names), event: None, data })
}

/// A subscription without heartbeats or an end.
pub(crate) fn to(names: &[&str]) -> Subscription {
    Subscription {
        topics: topics(names),
        last_event_id: None,
        told: false,
        began: u64::MAX,
        heartbeat: 0,
        heartbeat_text: HeartbeatText::default(),
        lifetime: 0,
        retry: 0,
        goodbye: 0,
        write_timeout: 0,
    }
}

/// The same, for a client that was here before, and was told so already.
pub(crate) fn after(id: &impl ToString, names: &[&str]) -> Subscription {
    Subscription { last_event_id: Some(id.to_string()), told: true, ..to(names) }
}

pub(crate) fn frame(id: EventId, data: &str) -> String {
    format!("id: {id}\ndata: {data}\n\n")
}

/// The event that tells a client where it is.
pub(crate) fn position(id: EventId) -> String {
    format!("id: {id}\nevent: sse:position\ndata: {{}}\n\n")
}

/// What tells a position, behind its id.
const POSITION: &[u8] = b"\nevent: sse:position\ndata: {}\n\n";

/// Takes out the positions, which nobody listens for; those in records or chunks stay.
fn without_positions(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.to_vec();
    let mut from = 0;
    while let Some(at) = rest[from..].windows(POSITION.len()).position(|it| it == POSITION) {
        let end = from + at + POSITION.len();
        let begin = rest[..from + at].windows(4).rposition(|it| it == b"id: ");
        let is_record = begin.is_none_or(|begin| {
            let before = &rest[..begin];
            !before.is_empty() && (before.ends_with(b"\r\n") || !before.ends_with(b"\n"))
        });
        from = if is_record { end } else { begin.unwrap() };
        if !is_record {
            rest.drain(from..end);
        }
    }
    rest
}

/// Whether these bytes begin a position, or may begin one.
fn may_tell_a_position(bytes: &[u8]) -> bool {
    let starts = (0..bytes.len()).filter(|at| *at == 0 || bytes[at - 1] == b'\n');
    starts.map(|at| &bytes[at..]).any(|line| {
        let line = String::from_utf8_lossy(line);
        let Some(id) = line.strip_prefix("id: ") else { return "id: ".starts_with(&*line) };
        let (id, rest) = id.split_at(id.find('\n').unwrap_or(id.len()));
        id.chars().all(|it| it.is_ascii_digit() || it == '-')
            && POSITION.starts_with(rest.as_bytes())
    })
}

/// Reads exactly these bytes, positions apart, which nobody listens for.
#[track_caller]
pub(crate) fn assert_reads(client: &mut UnixStream, expected: impl AsRef<[u8]>) {
    let expected = expected.as_ref();
    let mut bytes = Vec::new();
    loop {
        let missing = expected.len().saturating_sub(bytes.len());
        let more = if missing == 0 && bytes != expected && may_tell_a_position(&bytes) {
            1
        } else {
            missing
        };
        if more == 0 {
            break;
        }
        let mut next = vec![0; more];
        client.read_exact(&mut next).unwrap();
        bytes = without_positions(&[bytes, next].concat());
    }
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected));
}

/// Reads exactly these bytes, positions apart, and the end.
#[track_caller]
pub(crate) fn assert_ends(client: &mut UnixStream, expected: impl AsRef<[u8]>) {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    let bytes = without_positions(&bytes);
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected.as_ref()));
}

/// The next event, as its lines say it: comments and reconnection times apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: EventId,
    pub(crate) event: String,
    pub(crate) data: String,
}

impl Told {
    /// Reads one, or the end.
    pub(crate) fn next(client: &mut impl BufRead) -> Option<Self> {
        let (mut id, mut event, mut data) = (None, String::new(), None);
        loop {
            let mut line = String::new();
            if client.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("id", value)) => id = Some(value.parse().unwrap()),
                Some(("event", value)) => value.clone_into(&mut event),
                Some(("data", value)) => data = Some(value.to_owned()),
                _ if line == "\n" => return Some(Self { id: id?, event, data: data? }),
                _ => {}
            }
        }
    }

    /// Whether it tells where the client is.
    pub(crate) fn is_position(&self) -> bool {
        self.event == "sse:position"
    }

    /// Whether it says that events were missed.
    pub(crate) fn is_reset(&self) -> bool {
        self.event == "reset"
    }
}
