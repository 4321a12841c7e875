//! A hub that others look after: a container, supervisor, systemd. Each knows it by its process, which an upgrade
//! keeps. Root makes PID namespaces, so one of these needs root.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::{
    fs,
    io::{Read, Write},
    mem::MaybeUninit,
    net::Shutdown,
    os::unix::net::{UnixDatagram, UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use hub_protocol::{Client, Framing, Reply, Request};
use rustix::{
    io::IoSliceMut,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg, sockopt},
    process::{Pid, Signal, kill_process},
};
use support::{Hub, command, open_directory, soon, storm::nobody_misses_an_event_while, to};
use tempfile::TempDir;

const UPGRADES: usize = 3;

/// Waits for something.
#[track_caller]
fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = soon();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Reads up to the end, which is a clean one: the client is told when to come back.
fn assert_said_goodbye(mut stream: UnixStream) {
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.contains("retry: "), "{said:?}");
}

fn children(pid: i32) -> Vec<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().map(|child| child.parse().unwrap()).collect()
}

/// Starts a hub as the first process of a container.
fn contained(directory: TempDir) -> Hub {
    let serve = command(&directory.path().join("hub/hub.sock"), "serve");
    let mut unshare = Command::new("unshare");
    unshare.args(["--pid", "--fork", "--kill-child", "--mount-proc", "--"]);
    unshare.arg(serve.get_program()).args(serve.get_args());
    Hub::run(unshare, directory)
}

#[test]
fn the_first_process_of_a_container_is_upgraded_and_sees_to_orphans_and_ends_when_told() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut hub = contained(open_directory());
        let [first] = children(hub.pid().cast_signed())[..] else {
            panic!("a container has a first process")
        };
        nobody_misses_an_event_while(&hub, || {
            for _ in 0..UPGRADES {
                hub.upgrade();
                assert_eq!(hub.status()["pid"], 1);
            }
        });
        assert_eq!(children(hub.pid().cast_signed()), [first], "the container's view");

        // Somebody comes in, and leaves a child behind.
        let mut enter = Command::new("nsenter");
        enter.args(["--target", &first.to_string(), "--pid", "--", "sh", "-c", "sleep 0.2 &"]);
        assert!(enter.status().unwrap().success());
        eventually("the orphan and all couriers have gone", || {
            children(first).is_empty().then_some(())
        });

        for signal in [Signal::HUP, signal] {
            hub.wait_for("streams", 0);
            let stream = hub.stream(Framing::Raw, to(&["a"]));
            hub.wait_for("streams", 1);
            kill_process(Pid::from_raw(first).unwrap(), signal).unwrap();
            if signal == Signal::HUP {
                assert!(matches!(hub.ask(&Request::Status), Reply::Status(_)), "it goes on");
                drop(stream);
            } else {
                assert_said_goodbye(stream);
            }
        }
        assert!(hub.exit_status().success());
    }
}

/// A signal that comes while one program makes room for another.
#[test]
fn a_hub_that_is_told_to_end_in_the_middle_of_an_upgrade_ends_as_at_any_other_time() {
    const TRIES: u64 = 60;
    for number in 0..TRIES {
        let mut hub = Hub::start(&[]);
        let stream = hub.stream(Framing::Raw, to(&["a"]));
        hub.wait_for("streams", 1);
        let mut asker = hub.connect();
        asker.send(&Request::Upgrade, None, soon()).unwrap();
        std::thread::sleep(Duration::from_micros(number * 500));
        hub.signal(Signal::TERM);
        let status = hub.exit_status();
        assert!(status.success(), "{status} after {} us", number * 500);
        assert_said_goodbye(stream);
    }
}

/// supervisord, with a hub; both end with the test.
struct Supervisor {
    process: Child,
    directory: TempDir,
}

impl Supervisor {
    fn start(directory: TempDir) -> Self {
        let at = directory.path().display();
        let program = env!("CARGO_BIN_EXE_sse-hub");
        let config = format!(
            "[supervisord]\nnodaemon=true\nlogfile={at}/supervisord.log\npidfile={at}/supervisord.pid\n\
             childlogdir={at}\n\
             [unix_http_server]\nfile={at}/supervisor.sock\n\
             [rpcinterface:supervisor]\n\
             supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n\
             [supervisorctl]\nserverurl=unix://{at}/supervisor.sock\n\
             [program:sse-hub]\ncommand={program} serve --socket {at}/hub/hub.sock\n\
             redirect_stderr=true\nstdout_logfile={at}/hub.log\n"
        );
        fs::write(directory.path().join("supervisord.conf"), config).unwrap();
        let mut command = Command::new("supervisord");
        command.arg("--configuration").arg(directory.path().join("supervisord.conf"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { process, directory }
    }

    fn told(&self, words: &[&str]) -> String {
        let mut command = Command::new("supervisorctl");
        command.arg("--configuration").arg(self.directory.path().join("supervisord.conf"));
        String::from_utf8(command.args(words).output().unwrap().stdout).unwrap()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.told(&["shutdown"]);
        drop(self.process.wait());
    }
}

#[test]
fn supervisor_sees_one_process_that_is_upgraded_and_ends_when_told() {
    let supervisor = Supervisor::start(open_directory());
    let socket = supervisor.directory.path().join("hub/hub.sock");
    eventually("the hub to run", || {
        supervisor.told(&["status", "sse-hub"]).contains("RUNNING").then_some(())
    });
    let pid = supervisor.told(&["pid", "sse-hub"]);
    let hub = Hub::somebody_elses(&socket);
    nobody_misses_an_event_while(&hub, || {
        for _ in 0..UPGRADES {
            hub.upgrade();
            assert_eq!(supervisor.told(&["pid", "sse-hub"]), pid);
        }
    });
    assert_eq!(hub.status()["pid"].to_string(), pid.trim());
    let status = supervisor.told(&["status", "sse-hub"]);
    assert!(status.contains("RUNNING") && status.contains(pid.trim()), "{status}");
    let stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    supervisor.told(&["stop", "sse-hub"]);
    assert_said_goodbye(stream);
    let status = supervisor.told(&["status", "sse-hub"]);
    assert!(status.contains("STOPPED"), "{status}");
    assert!(Client::connect(&socket, soon()).is_err(), "nobody has come back by itself");
}

/// Plays systemd: what it is told, and by which process.
struct Systemd(UnixDatagram);

impl Systemd {
    fn listen(place: &Path) -> Self {
        let told = UnixDatagram::bind(place).unwrap();
        told.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        sockopt::set_socket_passcred(&told, true).unwrap();
        Self(told)
    }

    /// What the process with this id says next.
    #[track_caller]
    fn hears(&self, pid: u32) -> String {
        let mut bytes = [0; 128];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
        let mut control = RecvAncillaryBuffer::new(&mut space);
        let slices = &mut [IoSliceMut::new(&mut bytes)];
        let length = recvmsg(&self.0, slices, &mut control, RecvFlags::empty()).unwrap().bytes;
        let mut senders = control.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmCredentials(sender) => Some(sender.pid.as_raw_pid()),
            _ => None,
        });
        assert_eq!(senders.next(), Some(pid.cast_signed()), "only the hub itself is heard");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[track_caller]
    fn hears_of_a_reload(&self, pid: u32) {
        let said = self.hears(pid);
        let (reloading, when) = said.split_once('\n').unwrap();
        assert_eq!(reloading, "RELOADING=1");
        let when = when.strip_prefix("MONOTONIC_USEC=").map(str::parse::<u64>);
        assert!(matches!(when, Some(Ok(_))), "{said}");
        assert_eq!(self.hears(pid), "READY=1");
    }
}

#[test]
fn systemd_hears_from_one_process_from_its_start_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let systemd = Systemd::listen(&directory.path().join("notify"));
    let hub = Hub::start_notifying(&directory.path().join("notify"));
    let pid = hub.pid();
    assert_eq!(systemd.hears(pid), "READY=1");
    nobody_misses_an_event_while(&hub, || {
        for _ in 0..UPGRADES {
            hub.upgrade();
            systemd.hears_of_a_reload(pid);
        }
    });
    hub.signal(Signal::HUP);
    systemd.hears_of_a_reload(pid);
    let ids = hub.socket().with_file_name("last-id");
    fs::remove_file(&ids).unwrap();
    fs::create_dir(&ids).unwrap();
    assert!(matches!(hub.ask(&Request::Upgrade), Reply::Refused { .. }));
    systemd.hears_of_a_reload(pid);
    hub.signal(Signal::TERM);
    assert_eq!(systemd.hears(pid), "STOPPING=1");
}

#[test]
fn the_unit_says_what_systemd_is_told() {
    let unit = include_str!("../../../docs/sse-hub.service");
    for line in [
        "Type=notify",
        "ExecStart=/usr/bin/sse-hub serve --socket /run/sse/hub.sock",
        "ExecReload=/usr/bin/sse-hub upgrade --socket /run/sse/hub.sock",
    ] {
        assert!(unit.lines().any(|it| it == line), "{line}");
    }
    assert!(!unit.contains("NotifyAccess"), "the main process alone is heard, as it is by default");
}

/// A hub that PHP has started, in the background.
struct Launched {
    directory: TempDir,
}

impl Launched {
    fn start() -> Self {
        let launched = Self { directory: open_directory() };
        assert!(launched.run("launch").status.success());
        launched
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("hub").join(name)
    }

    fn run(&self, name: &str) -> Output {
        command(&self.path("hub.sock"), name).output().unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = Hub::somebody_elses(&self.path("hub.sock")).status()["pid"].as_i64().unwrap();
        kill_process(Pid::from_raw(pid.try_into().unwrap()).unwrap(), signal).unwrap();
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        self.run("stop");
    }
}

#[test]
fn a_log_that_was_moved_away_is_made_anew_and_one_that_is_large_is_put_aside() {
    let hub = Launched::start();
    let (log, moved) = (hub.path("hub.log"), hub.path("moved"));
    let lines = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    eventually("its first line", || lines(&log).contains("listens at").then_some(()));
    fs::rename(&log, &moved).unwrap();
    hub.signal(Signal::HUP);
    assert!(hub.run("upgrade").status.success());
    assert!(lines(&log).contains("goes on with 0 streams"), "{}", lines(&log));
    assert_eq!(lines(&moved).lines().count(), 1);

    fs::rename(&log, &moved).unwrap();
    eventually("another, also without a signal", || log.exists().then_some(()));
    fs::OpenOptions::new()
        .append(true)
        .open(&log)
        .unwrap()
        .write_all(&vec![b'\n'; 1 << 20])
        .unwrap();
    fs::OpenOptions::new().append(true).open(&log).unwrap().write_all(b"x\n").unwrap();
    eventually("the large one to be put aside", || hub.path("hub.log.1").exists().then_some(()));
    eventually("another", || log.exists().then_some(()));
    hub.run("stop");
    assert!(lines(&log).contains("ended"), "{}", lines(&log));
}

#[test]
fn a_command_that_could_not_do_what_it_was_asked_for_fails_and_says_why() {
    let said = |output: &Output| {
        assert!(!output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        String::from_utf8(output.stderr.clone()).unwrap()
    };
    let hub = Launched::start();
    assert!(hub.run("stop").status.success());
    for name in ["status", "metrics", "top", "upgrade", "stop"] {
        let said = said(&hub.run(name));
        assert!(said.contains("hub.sock: the hub cannot be reached"), "{name}: {said}");
    }
    assert!(hub.run("launch").status.success());
    let second = said(&hub.run("serve"));
    assert!(second.contains("another hub holds it"), "{second}");
    fs::remove_file(hub.path("last-id")).unwrap();
    fs::create_dir(hub.path("last-id")).unwrap();
    let why = said(&hub.run("upgrade"));
    assert!(
        why.contains("the new program does not take over")
            && why.contains("last-id: cannot be opened"),
        "{why}"
    );
}

#[test]
fn a_hub_has_made_room_for_another_when_stop_says_so() {
    let hub = Launched::start();
    for _ in 0..20 {
        let client = Hub::somebody_elses(&hub.path("hub.sock")).stream(Framing::Raw, to(&["a"]));
        assert!(hub.run("stop").status.success());
        assert_said_goodbye(client);
        // Whatever it still had would be in the way of this one.
        let next = Hub::run(command(&hub.path("hub.sock"), "serve"), tempfile::tempdir().unwrap());
        next.signal(Signal::TERM);
        next.wait();
        assert!(hub.run("launch").status.success());
    }
}

/// A hub that is in the middle of something ends nobody's stream because somebody else hangs up.
#[test]
fn who_hangs_up_in_the_middle_of_an_upgrade_changes_nothing() {
    let hub = Hub::start(&[]);
    nobody_misses_an_event_while(&hub, || {
        for _ in 0..UPGRADES {
            let mut asker = hub.connect();
            asker.send(&Request::Upgrade, None, soon()).unwrap();
            drop(asker);
            let mut half = UnixStream::connect(hub.socket()).unwrap();
            half.write_all(b"SSEH").unwrap();
            half.shutdown(Shutdown::Both).unwrap();
            hub.status();
        }
    });
}
