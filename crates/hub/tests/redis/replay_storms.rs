//! Clients that come, and a database that is flushed, while events are published through Redis: nothing is lost in
//! silence.

use std::collections::HashSet;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use hub_protocol::{EventId, Framing};

use crate::hubs::{connected, fill, publish_until, read_to_end};
use crate::server::{Server, eventually};
use crate::support::{Hub, Told, after, assert_reads, to};

#[test]
fn replay_and_live_events_join_without_a_gap_or_a_repeat_for_all_who_come_at_any_time() {
    const CLIENTS: usize = 60;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 3_000, 1, 10);
    let hub = connected(&server.url(), &["--backlog-events", "20"]);
    let over = AtomicBool::new(false);
    let (published, seen) = thread::scope(|scope| {
        let publishing = scope.spawn(|| publish_until(&over, &hub, "t0"));
        let readers: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let start = number * 2_000 / CLIENTS;
                let stream = hub.stream(Framing::Raw, after(&ids[start], &["t0"]));
                scope.spawn(move || (start, read_to_end(stream)))
            })
            .collect();
        over.store(true, SeqCst);
        let published = publishing.join().unwrap();
        hub.publish(&["t0"], "end");
        let seen: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        (published, seen)
    });
    let published: Vec<EventId> = published.iter().map(|told| told.id).collect();
    for (start, seen) in seen {
        assert!(!seen.iter().any(Told::is_reset), "from {start} on");
        let seen: Vec<EventId> = seen.iter().map(|told| told.id).collect();
        assert_eq!(seen, [&ids[start + 1..], &published].concat(), "from {start} on");
    }
}

#[test]
fn who_waits_when_the_database_is_flushed_is_told() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 20_000, 1, 1_000);
    let hub = connected(&server.url(), &[]);
    // One that reads nothing, so that it waits, and one that is live.
    let waits = hub.stream(Framing::Raw, after(&ids[0], &["t0"]));
    let mut live = BufReader::new(hub.stream(Framing::Raw, to(&["t0"])));
    hub.wait_for("waiting", 1);
    hub.wait_for("streams", 2);
    server.execute("FLUSHDB");
    let next = hub.publish(&["t0"], "next");
    let reset = Told::next_event(&mut live);
    assert!(reset.is_reset() && reset.id > *ids.last().unwrap(), "{reset:?}");
    let after = hub.publish(&["t0"], "after");
    assert!(after > next);
    // Whatever came in between is covered by a reset.
    assert_ends_after_a_reset(BufReader::new(waits), Some(reset.id), after);
    assert_ends_after_a_reset(live, None, after);
}

/// Reads up to an event: everything comes in order, and this reset before it, where one is named.
fn assert_ends_after_a_reset(
    mut stream: BufReader<UnixStream>,
    reset: Option<EventId>,
    end: EventId,
) {
    let (mut last, mut is_told) = (EventId::ZERO, false);
    while last != end {
        let told = Told::next_event(&mut stream);
        is_told |= told.is_reset() && Some(told.id) == reset;
        assert!(last < told.id || told.is_reset() && last == told.id, "{told:?} after {last}");
        last = told.id;
    }
    assert!(is_told || reset.is_none(), "{reset:?}");
}

/// Flushes the database while events flow.
fn flush_under_load(server: &Server, hub: &Hub) {
    const FLUSHES: usize = 5;
    let published = || hub.status()["published"].as_u64().unwrap();
    for _ in 0..FLUSHES {
        let before = published();
        eventually("events flow", || published() > before + 200);
        server.execute("FLUSHDB");
    }
}

/// The number of events that a client has missed without being told.
fn lost_in_silence(seen: &[Told], published: &[EventId]) -> usize {
    assert!(seen.is_sorted_by(|one, next| one.id <= next.id), "in order");
    let got: HashSet<EventId> = seen.iter().map(|told| told.id).collect();
    // An event that is missing lies before a reset, and after the last event that came before that one.
    let resets = seen.windows(2).filter(|pair| pair[1].is_reset());
    let told: Vec<_> = resets.map(|pair| (pair[0].id, pair[1].id)).collect();
    let missing = published.iter().filter(|id| !got.contains(id));
    missing.filter(|id| !told.iter().any(|(from, to)| from < *id && *id <= to)).count()
}

#[test]
fn nothing_is_lost_in_silence_by_two_hubs_when_the_database_is_flushed_under_load() {
    let server = Server::start(&["--appendfsync", "no"]);
    let hubs = [(); 2].map(|()| connected(&server.url(), &[]));
    let streams = hubs.each_ref().map(|hub| {
        let mut stream = hub.stream(Framing::Raw, to(&["a"]));
        assert_reads(&mut stream, ":\n");
        stream
    });
    let over = AtomicBool::new(false);
    let (published, seen) = thread::scope(|scope| {
        let publishers = [0, 1, 0, 1].map(|number: usize| {
            let (hub, over) = (&hubs[number], &over);
            scope.spawn(move || publish_until(over, hub, "a"))
        });
        let readers = streams.map(|stream| scope.spawn(|| read_to_end(stream)));
        flush_under_load(&server, &hubs[0]);
        over.store(true, SeqCst);
        let published = publishers.map(|publisher| publisher.join().unwrap()).concat();
        eventually("both have followed", || hubs[0].position() == hubs[1].position());
        hubs[0].publish(&["a"], "end");
        (published, readers.map(|reader| reader.join().unwrap()))
    });
    let published: Vec<EventId> = published.iter().map(|told| told.id).collect();
    let unique: HashSet<_> = published.iter().collect();
    let repeated = published.len() - unique.len();
    let silent = seen.map(|seen| lost_in_silence(&seen, &published));
    let total = published.len();
    assert_eq!((repeated, silent), (0, [0, 0]), "ids given twice, and lost in silence, of {total}");
}
