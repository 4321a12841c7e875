//! A disk without room, for the hub's log and its ids. Only root can mount one: so these tests need root.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use hub_protocol::{EventId, Framing, Reply, Request};
use rustix::process::Signal;
use tempfile::TempDir;

use support::{Hub, assert_reads, command, frame, open_directory, to, wait_until};

/// A small disk where a hub has its directory.
struct Disk {
    path: PathBuf,
}

impl Disk {
    /// One with these mount options, in a directory for a hub.
    fn mount(options: &str) -> (TempDir, Self) {
        let directory = open_directory();
        let path = directory.path().join("hub");
        fs::create_dir(&path).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("mode=700,{options}"), "tmpfs"]).arg(&path);
        assert!(mount.status().unwrap().success(), "only root can mount a disk");
        (directory, Self { path })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    /// The lines of the log after what has filled it.
    fn log(&self) -> String {
        String::from_utf8(self.read("hub.log")).unwrap().replace('x', "")
    }

    /// Leaves no room, neither for another block nor in the log's last one.
    fn fill(&self) {
        for name in ["filler", "hub.log"] {
            let mut file =
                OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
            while file.write_all(b"x").is_ok() {}
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.path).status());
        drop(fs::remove_dir_all(self.path.parent().unwrap()));
    }
}

/// Starts a hub as scripts do, with its log on the disk.
fn start(directory: TempDir) -> Hub {
    let log = directory.path().join("hub/hub.log");
    let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
    Hub::start_logging(directory, log)
}

/// Has the hub refuse somebody, which it notes.
fn be_refused(hub: &Hub) {
    let refused = hub.status()["refused"].as_u64().unwrap();
    let mut stranger = UnixStream::connect(hub.socket()).unwrap();
    stranger.write_all(b"no hello").unwrap();
    hub.wait_for("refused", refused + 1);
}

fn bytes(id: EventId) -> Vec<u8> {
    [id.milliseconds.to_le_bytes(), id.sequence.to_le_bytes()].concat()
}

#[test]
fn when_the_disk_is_full_streams_and_events_go_on_and_what_is_to_be_said_is_said_later() {
    let (directory, disk) = Disk::mount("size=64k");
    let hub = start(directory);
    disk.fill();
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    let first = hub.publish(&["a"], "on a full disk");
    assert_eq!(disk.read("last-id"), bytes(first));
    be_refused(&hub);
    assert_eq!(hub.ask(&Request::Upgrade), Reply::Upgraded);
    be_refused(&hub);
    let second = hub.publish(&["a"], "of another hub");
    assert_eq!(disk.read("last-id"), bytes(second));
    assert!(second > first);
    let events = [frame(first, "on a full disk"), frame(second, "of another hub")].concat();
    assert_reads(&mut stream, format!(":\n{events}"));
    assert_eq!(disk.log().lines().count(), 1, "it listens: {}", disk.log());

    disk.make_room();
    wait_until("the second hub's lines", || disk.log().ends_with("(1 so far)\n"));
    assert_eq!(disk.log().matches("refused: ").count(), 1, "{}", disk.log());
}

#[test]
fn a_hub_that_starts_on_a_full_disk_gives_ids_and_says_that_they_are_not_written_down() {
    let (directory, disk) = Disk::mount("size=64k");
    disk.fill();
    let hub = start(directory);
    let first = hub.publish(&["a"], "1");
    let second = hub.publish(&["a"], "2");
    assert!(second > first);
    assert_eq!(disk.log(), "");

    disk.make_room();
    wait_until("the log", || disk.log().ends_with("hub.sock\n"));
    let third = hub.publish(&["a"], "3");
    assert_eq!(disk.read("last-id"), bytes(third));
    wait_until("the log", || disk.log().ends_with("is saved again\n"));
    let said = disk.log();
    let lines: Vec<_> = said.lines().map(|line| line.split_once("]: ").unwrap().1).collect();
    let [cannot, listens, can] = lines[..] else { panic!("{said}") };
    assert!(cannot.starts_with("cannot save the last event ID"), "{said}");
    assert!(cannot.ends_with("No space left on device (os error 28)"), "{said}");
    assert!(listens.contains("listening on"), "{said}");
    assert_eq!(can, "the last event ID is saved again");
}

#[test]
fn ids_never_go_back_on_a_full_disk_even_if_the_clock_does() {
    let (mut directory, disk) = Disk::mount("size=64k");
    let future = EventId { milliseconds: u64::MAX - 1, sequence: 0 };
    fs::write(disk.path("last-id"), bytes(future)).unwrap();
    disk.fill();
    for life in 0..3 {
        let hub = start(directory);
        let ids: Vec<_> = (0..5).map(|_| hub.publish(&["a"], "x").sequence).collect();
        assert_eq!(ids, (life * 5 + 1..=life * 5 + 5).collect::<Vec<_>>());
        hub.signal(Signal::KILL);
        directory = hub.wait();
    }
}

#[test]
fn a_hub_that_can_make_no_file_is_not_started_and_says_why() {
    let (directory, disk) = Disk::mount("nr_inodes=1");
    let socket = directory.path().join("hub/hub.sock");
    for (name, file) in [("serve", "hub.lock"), ("launch", "launch.lock")] {
        let output = command(&socket, name).output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("hub/{file}: ")), "{said}");
        assert!(said.contains("No space left on device"), "{said}");
    }
    assert_eq!(fs::read_dir(&disk.path).unwrap().count(), 0);
}
