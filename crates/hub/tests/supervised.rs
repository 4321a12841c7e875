//! A hub that others look after: a container, supervisor, systemd. Each knows it by its process, which an upgrade
//! keeps. Root makes PID namespaces, so one of these needs root.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs;
use std::io::Write;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hub_protocol::{Client, Framing, Reply, Request};
use rustix::io::IoSliceMut;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg, sockopt};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use support::storm::nobody_misses_an_event_while;
use support::{Hub, assert_says_goodbye, command, open_directory, soon, to, wait_until};

const UPGRADES: usize = 3;

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
        wait_until("the orphan and all couriers have gone", || children(first).is_empty());

        for signal in [Signal::HUP, signal] {
            hub.wait_for("streams", 0);
            let stream = hub.stream(Framing::Raw, to(&["a"]));
            hub.wait_for("streams", 1);
            kill_process(Pid::from_raw(first).unwrap(), signal).unwrap();
            if signal == Signal::HUP {
                assert!(matches!(hub.ask(&Request::Status), Reply::Status(_)), "it goes on");
                drop(stream);
            } else {
                assert_says_goodbye(stream);
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
        assert_says_goodbye(stream);
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

    fn says(&self, words: &[&str]) -> String {
        let mut command = Command::new("supervisorctl");
        command.arg("--configuration").arg(self.directory.path().join("supervisord.conf"));
        String::from_utf8(command.args(words).output().unwrap().stdout).unwrap()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.says(&["shutdown"]);
        drop(self.process.wait());
    }
}

#[test]
fn supervisor_sees_one_process_that_is_upgraded_and_ends_when_told() {
    let supervisor = Supervisor::start(open_directory());
    let socket = supervisor.directory.path().join("hub/hub.sock");
    wait_until("the hub to run", || supervisor.says(&["status", "sse-hub"]).contains("RUNNING"));
    let pid = supervisor.says(&["pid", "sse-hub"]);
    let hub = Hub::somebody_elses(&socket);
    nobody_misses_an_event_while(&hub, || {
        for _ in 0..UPGRADES {
            hub.upgrade();
            assert_eq!(supervisor.says(&["pid", "sse-hub"]), pid);
        }
    });
    assert_eq!(hub.status()["pid"].to_string(), pid.trim());
    let status = supervisor.says(&["status", "sse-hub"]);
    assert!(status.contains("RUNNING") && status.contains(pid.trim()), "{status}");
    let stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    supervisor.says(&["stop", "sse-hub"]);
    assert_says_goodbye(stream);
    let status = supervisor.says(&["status", "sse-hub"]);
    assert!(status.contains("STOPPED"), "{status}");
    assert!(Client::connect(&socket, soon()).is_err(), "nobody has come back by itself");
}

/// Plays systemd: what it is told, and by which process.
struct Systemd(UnixDatagram);

impl Systemd {
    fn listen(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        sockopt::set_socket_passcred(&socket, true).unwrap();
        Self(socket)
    }

    /// Receives the next message, which is of the process with this id.
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
