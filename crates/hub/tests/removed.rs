//! A hub whose socket, lock or directory is removed, as those do who clean `/tmp` or `/run`: it is found
//! again, or it ends, and nobody waits for what nobody can publish.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};

use hub_protocol::{Client, Framing, Reply, Request};
use rustix::process::Signal;

use support::{Hub, assert_reads, command, frame, publish, soon, to, wait_for_some, wait_until};

/// Waits until a hub answers there; its report.
#[track_caller]
fn wait_for_hub(socket: &Path) -> serde_json::Value {
    wait_for_some("a hub that answers", || {
        let reply = Client::connect(socket, soon())
            .and_then(|mut client| client.call(&Request::Status, None, soon()));
        match reply {
            Ok(Reply::Status(report)) => Some(serde_json::from_str(&report).unwrap()),
            _ => None,
        }
    })
}

/// Removes it at once: file by file, the hub might be quicker.
fn remove_directory(hub: &Hub) {
    let directory = hub.socket().parent().unwrap().to_owned();
    let away = directory.with_file_name("away");
    fs::rename(directory, &away).unwrap();
    fs::remove_dir_all(away).unwrap();
}

#[test]
fn a_hub_whose_socket_is_removed_is_found_again_with_all_its_streams() {
    let hub = Hub::start(&[]);
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    let first = hub.publish(&["a"], "before");
    let pid = hub.status()["pid"].clone();
    for round in 0..3 {
        fs::remove_file(hub.socket()).unwrap();
        assert_eq!(wait_for_hub(&hub.socket())["pid"], pid, "round {round}");
    }
    let second = hub.publish(&["a"], "after");
    assert_reads(&mut stream, format!(":\n{}{}", frame(first, "before"), frame(second, "after")));
    assert_eq!(hub.socket().metadata().unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_hub_whose_directory_is_removed_makes_it_again() {
    let hub = Hub::start(&[]);
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    let pid = hub.status()["pid"].clone();
    for round in 0..3 {
        remove_directory(&hub);
        assert_eq!(wait_for_hub(&hub.socket())["pid"], pid, "round {round}");
    }
    let id = hub.publish(&["a"], "after");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "after")));
    let directory = hub.socket().parent().unwrap().metadata().unwrap();
    assert_eq!(directory.mode() & 0o777, 0o700);
    wait_until("the last id", || hub.socket().with_file_name("last-id").exists());
    // It is the only one, again.
    let second = command(&hub.socket(), "serve").output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another hub holds it"), "{said}");
}

#[test]
fn a_hub_whose_lock_is_removed_takes_it_again() {
    let hub = Hub::start(&[]);
    let lock = hub.socket().with_file_name("hub.lock");
    let before = lock.metadata().unwrap().ino();
    // A file of the same number would be taken for the old one.
    fs::write(hub.socket().with_file_name("other"), "").unwrap();
    fs::rename(&lock, lock.with_file_name("moved")).unwrap();
    wait_until("a lock", || lock.metadata().is_ok_and(|found| found.ino() != before));
    let second = command(&hub.socket(), "serve").output().unwrap();
    assert!(String::from_utf8(second.stderr).unwrap().contains("another hub holds it"));
}

#[test]
fn a_connection_that_is_made_while_the_socket_is_removed_is_heard() {
    let hub = Hub::start(&[]);
    let mut waiting: Vec<_> = (0..50).map(|_| hub.connect()).collect();
    fs::remove_file(hub.socket()).unwrap();
    for client in &mut waiting {
        let reply = client.call(&publish(&["a"], "x"), None, soon()).unwrap();
        assert!(matches!(reply, Reply::Published(_)), "{reply:?}");
    }
}

#[test]
fn a_hub_that_another_has_replaced_ends_and_says_goodbye() {
    let hub = Hub::start(&[]);
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    // It is too slow to come back before another one is there.
    hub.signal(Signal::STOP);
    remove_directory(&hub);
    let mut other = start_at(&hub.socket());
    hub.signal(Signal::CONT);
    // The end of the stream, after which its client comes back, to the other one.
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with(":\n"), "{rest:?}");
    assert_eq!(wait_for_hub(&hub.socket())["pid"], other.id(), "the other one stays");
    other.kill().unwrap();
    other.wait().unwrap();
}

fn start_at(socket: &Path) -> Child {
    let hub = command(socket, "serve").stdout(Stdio::null()).spawn().unwrap();
    wait_until("the other hub", || UnixStream::connect(socket).is_ok());
    hub
}

#[test]
fn a_hub_whose_directory_is_removed_makes_it_again_after_an_upgrade_too() {
    let hub = Hub::start(&[]);
    hub.upgrade();
    let pid = hub.status()["pid"].clone();
    remove_directory(&hub);
    assert_eq!(wait_for_hub(&hub.socket())["pid"], pid);
}
