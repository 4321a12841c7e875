//! A hub that goes on as another program: nobody notices.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hub_protocol::{
    Client, EventId, Framing, Hello, Limit, MAX_MESSAGE, Reply, Request, Response, Subscription,
    VERSION, encode,
};

use support::storm::nobody_misses_an_event_while;
use support::{
    FASTCGI, Hub, after, assert_reads, command, copy_program, frame, hand_over, next_event,
    position, publish, record, response, soon, to, wait_until,
};

#[track_caller]
fn publish_on(client: &mut Client, data: &str) -> EventId {
    match client.call(&publish(&["a"], data), None, soon()).unwrap() {
        Reply::Published(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn streams_go_on_and_their_backlog_too() {
    let hub = Hub::start(&["--backlog-events", "3"]);
    let began = hub.position();
    let pid = hub.pid();
    let subscription = Subscription { heartbeat: 50, ..to(&["a"]) };
    let mut raw = hub.stream(Framing::Raw, subscription);
    let mut fastcgi = hub.stream(FASTCGI, to(&["a"]));
    let mut worker = hub.connect();
    let request = Request::Subscribe(to(&["a"]));
    assert_eq!(worker.call(&request, None, soon()).unwrap(), Reply::Subscribed);
    hub.wait_for("streams", 2);
    let mut publisher = hub.connect();
    let ids: Vec<EventId> = (0..5).map(|i| publish_on(&mut publisher, &i.to_string())).collect();
    for _ in 0..3 {
        hub.upgrade();
        hub.wait_for("streams", 2);
        hub.wait_for("workers", 1);
        assert_eq!(hub.status()["pid"], pid, "whoever has started it knows it by this");
    }
    let last = publish_on(&mut publisher, "5");
    assert!(last > ids[4]);

    let events: Vec<String> =
        ids.iter().chain([&last]).enumerate().map(|(i, id)| frame(*id, &i.to_string())).collect();
    let all = position(began) + &events.concat();
    assert_eq!(lines_without_heartbeats(&mut raw, &all), all);
    let all = [":\n".to_owned(), position(began)].into_iter().chain(events.iter().cloned());
    let records: Vec<_> = all.map(|event| record(&event)).collect();
    assert_reads(&mut fastcgi, records.concat());
    for id in ids.iter().chain([&last]) {
        assert_eq!(next_event(&mut worker).id, *id);
    }

    let mut again = hub.stream(Framing::Raw, after(&ids[3], &["a"]));
    assert_reads(&mut again, format!(":\n{}{}", frame(ids[4], "4"), frame(last, "5")));
    let mut forgetful = hub.stream(Framing::Raw, after(&ids[0], &["a"]));
    assert_reads(&mut forgetful, format!(":\nid: {last}\nevent: reset\n"));
}

/// Reads as many bytes as expected, comments apart, and a heartbeat after them.
fn lines_without_heartbeats(client: &mut UnixStream, expected: &str) -> String {
    let mut reader = BufReader::new(client);
    let mut lines = String::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.as_str() {
            ":\n" if lines.trim_start().len() == expected.len() => {
                return lines.trim_start().to_owned();
            }
            ":\n" => {}
            _ => lines.push_str(&line),
        }
    }
}

#[test]
fn what_was_begun_is_ended_with_the_new_hub() {
    let hub = Hub::start(&[]);
    let limit = Limit { key: b"ann".to_vec(), max: 1, drops_oldest: false };
    let lease = Request::Lease(vec![limit.clone()]);
    let mut worker = hub.leased_worker(&lease);
    let (mut client, connection) = hand_over(&mut worker, response(Framing::Raw), to(&["a"]));
    drop(connection);
    let mut slow = UnixStream::connect(hub.socket()).unwrap();
    let message = encode(&publish(&["a"], "in two halves")).unwrap();
    let (first, second) = message.split_at(9);
    slow.write_all(&[&Hello::OURS.to_bytes(), first].concat()).unwrap();
    let between = hub.publish(&["a"], "between");

    hub.upgrade();
    assert_eq!(hub.ask(&lease), Reply::Exceeded(limit));
    worker.send(&Request::Commit, None, soon()).unwrap();
    drop(worker);
    assert_reads(&mut client, format!(":\n{}", frame(between, "between")));
    slow.write_all(second).unwrap();
    let mut id = [0; 4];
    client.read_exact(&mut id).unwrap();
    drop(client);
    hub.wait_for("streams", 0);
    assert_eq!(hub.ask(&lease), Reply::Granted);
}

#[test]
fn what_is_asked_in_one_breath_with_an_upgrade_that_fails_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("sse-hub");
    let hub = Hub::start_copy(&program, &[], "");
    fs::remove_file(&program).unwrap();
    fs::copy("/bin/false", &program).unwrap();
    let mut asker = UnixStream::connect(hub.socket()).unwrap();
    asker.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let requests = [Request::Upgrade, Request::Status].map(|request| encode(&request).unwrap());
    asker.write_all(&[&Hello::OURS.to_bytes()[..], &requests.concat()].concat()).unwrap();
    let mut said = String::new();
    while !said.contains("\"running\":true") {
        let mut some = [0; 4096];
        let length = asker.read(&mut some).unwrap();
        assert!(length > 0, "{said}");
        said.push_str(&String::from_utf8_lossy(&some[..length]));
    }
    assert!(said.contains("did not take over"), "{said}");
}

#[test]
fn nobody_misses_an_event_in_a_storm_of_upgrades() {
    const UPGRADES: usize = 10;
    let hub = Hub::start(&[]);
    let before = hub.descriptors();
    nobody_misses_an_event_while(&hub, || (0..UPGRADES).for_each(|_| hub.upgrade()));
    hub.wait_for("streams", 0);
    wait_until("there are as many descriptors as before", || hub.descriptors() == before);
}

#[test]
fn a_program_that_does_not_take_over_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("sse-hub");
    let hub = Hub::start_copy(&program, &[], "");
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    let pid = hub.status()["pid"].clone();
    for broken in ["/bin/false", "/bin/cat", "/does/not/exist"] {
        fs::remove_file(&program).unwrap();
        if Path::new(broken).exists() {
            fs::copy(broken, &program).unwrap();
        }
        let reply = hub.ask(&Request::Upgrade);
        assert!(matches!(reply, Reply::Refused { .. }), "{broken}: {reply:?}");
        if !program.exists() {
            fs::write(&program, "").unwrap();
        }
    }
    assert_eq!(hub.status()["pid"], pid);
    let id = hub.publish(&["a"], "as if nothing had been");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "as if nothing had been")));
}

#[test]
fn a_program_that_was_called_by_a_link_is_followed_by_the_one_that_the_link_leads_to_now() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    for (called, path) in [(file("link"), None), ("link".into(), Some(directory.path()))] {
        drop(fs::remove_file(file("link")));
        copy_program(&file("old"));
        copy_program(&file("new"));
        symlink(file("old"), file("link")).unwrap();
        let hub = Hub::start_called(&called, path);
        let runs = || fs::read_link(format!("/proc/{}/exe", hub.pid())).unwrap();
        assert_eq!(runs(), file("old"));
        fs::remove_file(file("link")).unwrap();
        symlink(file("new"), file("link")).unwrap();
        hub.upgrade();
        assert_eq!(runs(), file("new"), "{}", called.display());
    }
}

#[test]
fn what_another_version_leaves_is_not_taken() {
    for version in [VERSION - 1, 255] {
        let directory = tempfile::tempdir().unwrap();
        let (mut old, stdin) = UnixStream::pair().unwrap();
        let mut command = command(&directory.path().join("hub/hub.sock"), "serve");
        command.arg("--take-over").stdin(OwnedFd::from(stdin)).stderr(Stdio::piped());
        let successor = command.spawn().unwrap();
        drop(command);
        let [low, high] = version.to_le_bytes();
        old.write_all(&[b"SSEH", &[low, high, 0, 0][..], b" and what follows"].concat()).unwrap();
        let output = successor.wait_with_output().unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("version {version} of the hub's protocol")), "{said}");
        let mut word = Vec::new();
        let _ = old.read_to_end(&mut word);
        assert_eq!(word, b"", "it does not say that it has everything");
    }
}

#[test]
fn a_hub_that_could_give_no_ids_does_not_take_over() {
    let hub = Hub::start(&[]);
    let mut stream = hub.stream(Framing::Raw, to(&["a"]));
    let ids = hub.socket().with_file_name("last-id");
    fs::remove_file(&ids).unwrap();
    fs::create_dir(&ids).unwrap();
    let before = hub.status()["pid"].clone();
    assert!(matches!(hub.ask(&Request::Upgrade), Reply::Refused { .. }));
    assert_eq!(hub.status()["pid"], before);
    let id = hub.publish(&["a"], "x");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "x")));
}

/// Publishes events of a megabyte each; what a client gets that comes back for them.
fn megabytes(hub: &Hub, number: usize) -> (EventId, String) {
    let mut client = hub.connect();
    let data = "x".repeat(1 << 20);
    let before = publish_on(&mut client, "before");
    let frames: String =
        (0..number).map(|_| frame(publish_on(&mut client, &data), &data)).collect();
    (before, frames)
}

#[test]
fn a_client_that_waits_for_much_does_not_keep_a_hub_from_being_followed() {
    let hub = Hub::start(&[]);
    let (before, frames) = megabytes(&hub, 20);
    let mut slow = hub.stream(Framing::Raw, after(&before, &["a"]));
    hub.wait_for("streams", 1);
    hub.upgrade();
    let last = hub.publish(&["a"], "last");
    assert_reads(&mut slow, format!(":\n{frames}{}", frame(last, "last")));
}

#[test]
fn the_largest_things_that_are_taken_in_are_passed_on() {
    const LINES: usize = 2_500_000;
    let largest = MAX_MESSAGE - 20;
    let hub = Hub::start(&["--max-event", &MAX_MESSAGE.to_string()]);
    let mut client = hub.connect();
    let before = publish_on(&mut client, "before");
    // Each line takes seven bytes on its way to a client.
    let id = publish_on(&mut client, &"\n".repeat(LINES));
    let mut slow = hub.stream(Framing::Raw, after(&before, &["a"]));
    hub.wait_for("streams", 1);
    let mut worker = hub.connect();
    let response =
        Response { framing: Framing::Raw, before: vec![b'\n'; largest - 200], coding: None };
    let (mut offered, connection) = hand_over(&mut worker, response, to(&["a"]));
    drop(connection);
    let message = encode(&publish(&["b"], &"x".repeat(largest))).unwrap();
    let mut unfinished = UnixStream::connect(hub.socket()).unwrap();
    unfinished.write_all(&Hello::OURS.to_bytes()).unwrap();
    unfinished.write_all(&message[..message.len() - 1]).unwrap();

    hub.upgrade();
    let lines = "data: \n".repeat(LINES + 1);
    assert_reads(&mut slow, format!(":\nid: {id}\n{lines}\n"));
    worker.send(&Request::Commit, None, soon()).unwrap();
    assert_reads(&mut offered, "\n".repeat(largest - 200) + ":\n");
    unfinished.write_all(&message[message.len() - 1..]).unwrap();
    hub.wait_for("published", 1);
}

#[test]
fn what_many_clients_wait_for_is_kept_once_also_after_an_upgrade() {
    const CLIENTS: usize = 40;
    let hub = Hub::start(&[]);
    let (before, frames) = megabytes(&hub, 20);
    let mut slow: Vec<_> =
        (0..CLIENTS).map(|_| hub.stream(Framing::Raw, after(&before, &["a"]))).collect();
    hub.wait_for("streams", CLIENTS as u64);
    let memory = || hub.status()["memory"].as_u64().unwrap() >> 20;
    let alone = memory();
    for _ in 0..2 {
        hub.upgrade();
    }
    let afterwards = memory();
    assert!(afterwards < alone + 100, "{alone} MB before, {afterwards} MB after");
    assert_reads(slow.last_mut().unwrap(), format!(":\n{frames}"));
}
