//! A hub takes no more memory than is said for what it keeps, whatever is published.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hub_protocol::{EventName, Framing, Hello, Publication, Request, Subscription, encode};

use support::{FASTCGI, Hub, publish, published, soon, to, topics};

const KEPT: u64 = 32 * 1024 * 1024;
const ALONE: u64 = 16 * 1024 * 1024;
const LINES: u64 = 128 * 1024 * 1024;

/// So much may come on top: for what is being encoded and sent, and what the allocator does not give back.
const BESIDE: u64 = 48 * 1024 * 1024;

fn start() -> Hub {
    Hub::start(&["--backlog-bytes", &KEPT.to_string(), "--queue", &ALONE.to_string()])
}

fn number(hub: &Hub, path: &str) -> u64 {
    hub.status().pointer(path).and_then(serde_json::Value::as_u64).unwrap()
}

/// Publishes all of it, a few at a time, and watches that the hub takes no more than `most_alone` beside the
/// backlog.
fn flood(hub: &Hub, most_alone: u64, requests: impl Iterator<Item = Request>) {
    let before = number(hub, "/memory");
    let (mut client, mut most) = (hub.connect(), 0);
    let mut requests = requests.peekable();
    while let Some(next) = requests.peek() {
        // Not more than the hub's answers have room for.
        let at_once = if encode(next).unwrap().len() > 100_000 { 4 } else { 500 };
        let some: Vec<_> = requests.by_ref().take(at_once).collect();
        for request in &some {
            client.send(request, None, soon()).unwrap();
        }
        for _ in &some {
            published(&mut client);
        }
        most = most.max(number(hub, "/memory"));
    }
    let (taken, said) = (most.saturating_sub(before), number(hub, "/backlog/bytes"));
    assert!(said <= KEPT, "{said}");
    assert!(
        taken <= KEPT + most_alone + BESIDE,
        "{taken} bytes, and {said} are said: {}",
        hub.status()
    );
}

/// Waits until nothing is kept for slow clients alone: who reads has everything. That takes as long as it takes, but
/// it goes on.
fn wait_until_nothing_is_queued(hub: &Hub) {
    let (mut sent, mut deadline) = (0, soon());
    while number(hub, "/queues/bytes") > 0 {
        let so_far = number(hub, "/sentBytes");
        if so_far > sent {
            (sent, deadline) = (so_far, soon());
        }
        assert!(Instant::now() < deadline, "{}", hub.status());
        thread::sleep(Duration::from_millis(20));
    }
}

fn read_on(mut client: UnixStream) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        while client.read(&mut buffer).is_ok_and(|length| length > 0) {}
    })
}

#[test]
fn line_ends_count_as_what_they_become_in_every_framing() {
    // Such an event takes 21 MiB in queues, too, until everybody has it: a few of them may be on their way.
    let hub = Hub::start(&["--backlog-bytes", &KEPT.to_string(), "--queue", &LINES.to_string()]);
    let framings = [Framing::Raw, Framing::Chunked, FASTCGI];
    let readers = framings.map(|framing| read_on(hub.stream(framing, to(&["a"]))));
    hub.wait_for("streams", 3);
    let data = "\n".repeat(1 << 20);
    let in_their_time = (0..40).map(|number| {
        if number % 4 == 0 {
            wait_until_nothing_is_queued(&hub);
        }
        publish(&["a"], &data)
    });
    flood(&hub, LINES, in_their_time);
    assert_eq!(number(&hub, "/droppedSlow"), 0);
    // Each takes seven times its length in each of three framings.
    assert!(number(&hub, "/backlog/events") <= KEPT / (21 << 20));
    drop(hub);
    for reader in readers {
        reader.join().unwrap();
    }
}

#[test]
fn small_events_count_with_their_topics_and_all_that_is_around_them() {
    let hub = start();
    let name = |i: usize| format!("{i:0256}");
    flood(&hub, ALONE, (0..60_000).map(|i| publish(&[&name(i)], "")));
    assert!(number(&hub, "/topics") > 10_000, "{}", hub.status());
}

#[test]
fn an_event_under_many_topics_counts_with_all_of_them() {
    let hub = start();
    let names = |i: usize| (0..256).map(|j| format!("{i} {j}")).collect::<Vec<_>>();
    let request = |i| {
        let names = names(i);
        publish(&names.iter().map(String::as_str).collect::<Vec<_>>(), "x")
    };
    flood(&hub, ALONE, (0..1000).map(request));
}

#[test]
fn topics_that_were_full_once_keep_no_room_for_that() {
    let hub = Hub::start(&["--backlog-bytes", &KEPT.to_string(), "--backlog-age", "1"]);
    let before = number(&hub, "/memory");
    for round in 0..4 {
        let name = |i: usize| format!("{round} {}", i / 1000);
        flood(&hub, ALONE, (0..50_000).map(|i| publish(&[&name(i)], "")));
        let deadline = soon();
        while number(&hub, "/backlog/events") > 0 {
            assert!(Instant::now() < deadline, "{}", hub.status());
            thread::sleep(Duration::from_millis(20));
        }
    }
    assert!(number(&hub, "/backlog/bytes") < 200_000, "{}", hub.status());
    assert!(number(&hub, "/memory").saturating_sub(before) < KEPT + BESIDE, "{}", hub.status());
}

#[test]
fn many_clients_that_read_nothing_cost_what_is_said_and_it_comes_back() {
    let hub = start();
    let slow: Vec<_> = (0..400).map(|_| hub.stream(Framing::Raw, to(&["a"]))).collect();
    let reader = read_on(hub.stream(Framing::Raw, to(&["a"])));
    hub.wait_for("streams", 401);
    flood(&hub, ALONE, (0..20_000).map(|_| publish(&["a"], &"x".repeat(100))));
    flood(&hub, ALONE, (0..200).map(|_| publish(&["a"], &"x".repeat(1_000_000))));
    hub.wait_for("droppedSlow", 400);
    // Each is counted before it is dropped, and what the reader has yet to take counts meanwhile.
    hub.wait_for("streams", 1);
    wait_until_nothing_is_queued(&hub);
    assert_eq!(number(&hub, "/streams"), 1, "who reads stays: {}", hub.status());
    assert_eq!(number(&hub, "/droppedSlow"), 400, "{}", hub.status());
    drop((slow, hub));
    reader.join().unwrap();
}

#[test]
fn clients_that_stall_are_let_go_of_with_all_that_was_kept_for_them() {
    let hub = start();
    let stalls = Subscription { write_timeout: 500, ..to(&["a"]) };
    let slow: Vec<_> = (0..100).map(|_| hub.stream(Framing::Raw, stalls.clone())).collect();
    hub.wait_for("streams", 100);
    flood(&hub, ALONE, (0..10).map(|_| publish(&["a"], &"x".repeat(1_000_000))));
    hub.wait_for("droppedStalled", 100);
    wait_until_nothing_is_queued(&hub);
    drop(slow);
}

#[test]
fn what_waits_for_slow_clients_counts_in_the_next_program_until_the_last_has_it() {
    let hub = Hub::start(&["--backlog-events", "5"]);
    let mut slow: Vec<_> = (0..10).map(|_| hub.stream(Framing::Raw, to(&["a"]))).collect();
    hub.wait_for("streams", 10);
    flood(&hub, ALONE, (0..12).map(|_| publish(&["a"], &"x".repeat(1_000_000))));
    let before = number(&hub, "/queues/bytes");
    hub.upgrade();
    let expected = 12_000_000..13_000_000;
    let bytes = number(&hub, "/queues/bytes");
    assert!(expected.contains(&bytes), "{bytes} bytes, {before} before");
    slow.truncate(1);
    hub.wait_for("streams", 1);
    let bytes = number(&hub, "/queues/bytes");
    assert!(expected.contains(&bytes), "{bytes} bytes for one, {before} before");
    drop(slow);
    wait_until_nothing_is_queued(&hub);
}

/// A request to publish an event of this type, as somebody sends it who does not check: its length in seven bits a
/// byte, as the format has it.
fn with_event_type(name: &str) -> Vec<u8> {
    let event = Some(EventName::try_from(Box::from("@")).unwrap());
    let publication = Publication { topics: topics(&["a"]), event, data: b"x".to_vec() };
    let message = encode(&Request::Publish(publication)).unwrap();
    let at = message.iter().position(|byte| *byte == b'@').unwrap();
    let mut body = message[4..at - 1].to_vec();
    let mut length = name.len();
    while length > 127 {
        body.push(u8::try_from(length % 128).unwrap() | 128);
        length /= 128;
    }
    body.push(u8::try_from(length).unwrap());
    body.extend(name.as_bytes());
    body.extend(&message[at + 1..]);
    [&u32::try_from(body.len()).unwrap().to_le_bytes(), &body[..]].concat()
}

/// Sends a message on a connection of its own, and waits until the hub has hung up.
fn say(hub: &Hub, message: &[u8]) {
    let mut raw = UnixStream::connect(hub.socket()).unwrap();
    raw.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // It may hang up before all is said.
    drop(raw.write_all(&[&Hello::OURS.to_bytes()[..], message].concat()));
    drop(raw.shutdown(Shutdown::Write));
    drop(raw.read_to_end(&mut Vec::new()));
}

#[test]
fn a_long_event_type_and_one_of_the_hubs_own_are_refused() {
    let hub = start();
    let long = "n".repeat(257);
    let longest = "n".repeat(8 << 20);
    for (name, is_good) in [
        ("tick", true),
        (&long[..256], true),
        (&long, false),
        (&longest, false),
        ("reset", false),
        ("sse:position", false),
        ("sse:x", false),
    ] {
        let published = number(&hub, "/published");
        say(&hub, &with_event_type(name));
        let now = number(&hub, "/published");
        assert_eq!(now - published, u64::from(is_good), "{} bytes, {:?}", name.len(), &name[..4]);
    }
}
