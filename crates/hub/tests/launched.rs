//! A hub that runs in the background, as PHP starts it: its log, and the commands that it is told with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use hub_protocol::Framing;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use support::{Hub, assert_says_goodbye, command, open_directory, to, wait_until};

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
    wait_until("its first line", || lines(&log).contains("listening on"));
    fs::rename(&log, &moved).unwrap();
    hub.signal(Signal::HUP);
    assert!(hub.run("upgrade").status.success());
    assert!(lines(&log).contains("upgraded, 0 streams taken over"), "{}", lines(&log));
    assert_eq!(lines(&moved).lines().count(), 1);

    fs::rename(&log, &moved).unwrap();
    wait_until("another, also without a signal", || log.exists());
    fs::OpenOptions::new()
        .append(true)
        .open(&log)
        .unwrap()
        .write_all(&vec![b'\n'; 1 << 20])
        .unwrap();
    fs::OpenOptions::new().append(true).open(&log).unwrap().write_all(b"x\n").unwrap();
    wait_until("the large one to be put aside", || hub.path("hub.log.1").exists());
    wait_until("another", || log.exists());
    hub.run("stop");
    assert!(lines(&log).contains("stopped"), "{}", lines(&log));
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
        why.contains("the new program did not take over")
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
        assert_says_goodbye(client);
        // Whatever it still had would be in the way of this one.
        let next = Hub::run(command(&hub.path("hub.sock"), "serve"), tempfile::tempdir().unwrap());
        next.signal(Signal::TERM);
        next.wait();
        assert!(hub.run("launch").status.success());
    }
}
