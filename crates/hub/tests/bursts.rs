//! Bursts: who reads is dropped by none of them, and who does not read costs no more than is said.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Instant;

use hub_protocol::{EventId, Framing, Subscription};

use support::{Hub, after, assert_reads, frame, publish, published, soon, to, wait_until};

/// Publishes all of it without waiting for an answer, as several publishers at once would.
fn burst(hub: &Hub, topic: &str, data: &[String]) -> Vec<EventId> {
    let mut client = hub.connect();
    let mut ids = Vec::new();
    // Not more than the hub's answers have room for.
    for some in data.chunks(1000) {
        for data in some {
            client.send(&publish(&[topic], data), None, soon()).unwrap();
        }
        ids.extend(some.iter().map(|_| published(&mut client)));
    }
    ids
}

fn frames(ids: &[EventId], data: &[String]) -> String {
    ids.iter().zip(data).map(|(id, data)| frame(*id, data)).collect()
}

/// True if the hub ends a stream; whatever was sent before is read. A client is counted before it is dropped.
fn ends(client: &mut UnixStream) -> bool {
    client.read_to_end(&mut Vec::new()).is_ok()
}

#[track_caller]
fn nobody_was_dropped(hub: &Hub) {
    let status = hub.status();
    assert_eq!(status["droppedSlow"], 0, "{status}");
    assert_eq!(status["droppedStalled"], 0, "{status}");
}

/// Twelve events of a megabyte or two.
fn megabytes() -> Vec<String> {
    (0..12).map(|i| format!("{i}").repeat(1_000_000)).collect()
}

/// Publishes all of it at once; then something is done, and then everybody reads.
#[track_caller]
fn reaches_all(hub: &Hub, data: &[String], then: impl FnOnce()) {
    let mut clients: Vec<_> = (0..20).map(|_| hub.stream(Framing::Raw, to(&["a"]))).collect();
    hub.wait_for("streams", 20);
    let ids = burst(hub, "a", data);
    then();
    let expected = format!(":\n{}", frames(&ids, data));
    for client in &mut clients {
        assert_reads(client, &expected);
    }
    nobody_was_dropped(hub);
}

#[test]
fn twelve_events_of_a_megabyte_at_once_drop_nobody_who_reads() {
    let hub = Hub::start(&[]);
    reaches_all(&hub, &megabytes(), || nobody_was_dropped(&hub));
}

#[test]
fn ten_thousand_small_events_at_once_drop_nobody_who_reads() {
    let hub = Hub::start(&[]);
    let data: Vec<String> = (0..10_000).map(|i| format!("{i} {}", "x".repeat(100))).collect();
    reaches_all(&hub, &data, || nobody_was_dropped(&hub));
}

#[test]
fn who_reads_nothing_is_dropped_when_too_much_is_kept_for_it_alone() {
    let hub = Hub::start(&["--backlog-events", "10", "--queue", "1000000"]);
    let mut slow = hub.stream(Framing::Raw, to(&["a"]));
    let mut fast = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 2);
    assert_reads(&mut fast, ":\n");
    let data = "x".repeat(10_000);
    let mut ids = Vec::new();
    while hub.status()["droppedSlow"] == 0 {
        assert!(ids.len() < 1000, "{}", hub.status());
        let id = hub.publish(&["a"], &data);
        assert_reads(&mut fast, frame(id, &data));
        ids.push(id);
    }
    hub.wait_for("streams", 1);
    assert!(ids.len() > 40, "no more than its due was kept for it: {} events", ids.len());
    assert!(ends(&mut slow));
    wait_until("nothing is kept for it", || hub.status()["queues"]["bytes"] == 0);

    let last = ids.last().unwrap();
    let mut back = hub.stream(Framing::Raw, after(&ids[0], &["a"]));
    assert_reads(&mut back, format!(":\nid: {last}\nevent: reset\n"));
    let kept = ids.len() - 3;
    let mut back = hub.stream(Framing::Raw, after(&ids[kept], &["a"]));
    let missed: String = ids[kept + 1..].iter().map(|id| frame(*id, &data)).collect();
    assert_reads(&mut back, format!(":\n{missed}"));
}

#[test]
fn who_takes_nothing_in_time_is_dropped_and_comes_back_for_the_rest() {
    let hub = Hub::start(&[]);
    let stalls = Subscription { write_timeout: 300, ..to(&["a"]) };
    let mut slow = hub.stream(Framing::Raw, stalls);
    let mut fast = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 2);
    let data = megabytes();
    let ids = burst(&hub, "a", &data);
    assert_reads(&mut fast, format!(":\n{}", frames(&ids, &data)));
    hub.wait_for("droppedStalled", 1);
    assert_eq!(hub.status()["droppedSlow"], 0);
    assert!(ends(&mut slow));
    let mut back = hub.stream(Framing::Raw, after(&ids[0], &["a"]));
    assert_reads(&mut back, format!(":\n{}", frames(&ids[1..], &data[1..])));
}

#[test]
fn what_waits_of_a_burst_is_taken_over_by_the_next_program() {
    let hub = Hub::start(&["--backlog-events", "5"]);
    reaches_all(&hub, &megabytes(), || hub.upgrade());
}

#[test]
fn the_one_furthest_behind_is_dropped_first() {
    let hub = Hub::start(&["--backlog-events", "10", "--queue", "4000000"]);
    let mut dead = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 1);
    let early: Vec<String> = (0..200).map(|i| format!("{i} {}", "x".repeat(10_000))).collect();
    burst(&hub, "a", &early);
    let mut late = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 2);
    let data: Vec<String> = (0..200).map(|i| format!("{i} {}", "y".repeat(10_000))).collect();
    let ids = burst(&hub, "a", &data);
    hub.wait_for("droppedSlow", 1);
    assert!(ends(&mut dead));
    assert_reads(&mut late, format!(":\n{}", frames(&ids, &data)));
}

#[test]
fn a_burst_does_not_hold_up_who_follows_something_else() {
    let hub = Hub::start(&[]);
    let slow = hub.stream(Framing::Raw, to(&["a"]));
    let mut other = BufReader::new(hub.stream(Framing::Raw, to(&["b"])));
    hub.wait_for("streams", 2);
    let data: Vec<String> = (0..100).map(|_| "x".repeat(1_000_000)).collect();
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| burst(&hub, "a", &data));
        hub.publish(&["b"], "y");
        let said = other.by_ref().lines().map_while(Result::ok);
        assert!(said.into_iter().any(|line| line == "data: y"));
    });
    println!("{:?}", begun.elapsed());
    drop(slow);
}
