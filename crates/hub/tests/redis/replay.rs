//! Clients that have missed what only Redis has: it is read once for all of them, none waits for another one, and
//! those that wait have heartbeats.

use std::io::{BufReader, Read};
use std::os::unix::net::UnixStream;
use std::thread;

use hub_protocol::{EventId, Framing, Subscription};
use rustix::process::Signal;

use crate::hubs::{connected, fill, until_it_publishes};
use crate::server::{Server, eventually};
use crate::support::{Hub, Told, after, assert_reads, frame, to};

/// The number of times that XRANGE was called since the last call of this.
fn ranges(server: &Server) -> u64 {
    let mut redis = server.connect();
    let stats: String = redis::cmd("INFO").arg("commandstats").query(&mut redis).unwrap();
    redis::cmd("CONFIG").arg("RESETSTAT").exec(&mut redis).unwrap();
    let calls = stats.split("cmdstat_xrange:calls=").nth(1);
    calls.map_or(0, |calls| calls.split(',').next().unwrap().parse().unwrap())
}

/// Streams on quiet topics: each has had the first event of its own, and misses so many.
fn comers(hub: &Hub, ids: &[EventId], count: usize) -> Vec<BufReader<UnixStream>> {
    let comer = |number: usize| {
        let topic = format!("t{number}");
        BufReader::new(hub.stream(Framing::Raw, after(&ids[number], &[&topic])))
    };
    (0..count).map(comer).collect()
}

/// Last event IDs that no event has, as clients may send them; the stream has two others beside these.
const HOSTILE: [&str; 15] = [
    "1-1",
    "0-0",
    "0-1",
    "1-0",
    "18446744073709551615-18446744073709551615",
    "-",
    "x",
    "1",
    "1-1-1",
    "18446744073709551616-0",
    " 1-1",
    "+",
    "$",
    "0",
    "%00",
];

#[test]
fn ids_that_no_event_has_are_answered_without_reading_the_stream() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 20_000, 10, 1);
    let hub = connected(&server.url(), &[]);
    let last = ids.last().unwrap();
    let between = EventId { milliseconds: ids[9_000].milliseconds - 1, sequence: 1 << 40 };
    let beyond = EventId { milliseconds: last.milliseconds + 1_000_000, sequence: 0 };
    let mut hostile = HOSTILE.map(str::to_owned).to_vec();
    hostile.extend([between.to_string(), beyond.to_string(), "\u{e9}".to_owned()]);
    ranges(&server);
    let mut streams = Vec::new();
    for id in hostile.iter().cycle().take(3 * hostile.len()) {
        streams.push((id, BufReader::new(hub.stream(Framing::Raw, after(id, &["t1"])))));
    }
    for (id, stream) in &mut streams {
        let told = Told::next_event(stream);
        assert!(told.is_reset(), "{told:?} to {id}");
        assert_eq!(told.data, serde_json::json!({ "lastEventId": id }).to_string());
    }
    let read = ranges(&server);
    assert!(read <= streams.len() as u64, "XRANGE {read} times for {} clients", streams.len());
    let next = hub.publish(&["t1"], "next");
    for (id, stream) in &mut streams {
        let told = Told::next_event(stream);
        assert_eq!((told.id, &*told.data), (next, "next"), "live after {id}");
    }
}

#[test]
fn the_stream_is_read_once_for_all_who_come_back() {
    const CLIENTS: usize = 100;
    const EVENTS: usize = 10_000;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, EVENTS, CLIENTS, 1);
    let hub = connected(&server.url(), &[]);
    ranges(&server);
    let mut streams = comers(&hub, &ids, CLIENTS);
    for (number, stream) in streams.iter_mut().enumerate() {
        for missed in (number..EVENTS).step_by(CLIENTS).skip(1) {
            let told = Told::next_event(stream);
            assert_eq!((told.id, told.data), (ids[missed], missed.to_string()));
        }
    }
    let read = ranges(&server);
    // A check of each position, and a few scans for those that came when the first was under way.
    assert!(read < CLIENTS as u64 + 500, "XRANGE {read} times for {CLIENTS} clients");
    eventually("nobody waits", || hub.status()["waiting"] == 0);
}

#[test]
fn who_waits_for_redis_has_heartbeats_and_is_forgotten_when_it_leaves() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 1_000, 2, 1);
    let hub = connected(&server.url(), &[]);
    server.signal(Signal::STOP);
    let subscription = Subscription { heartbeat: 50, ..after(&ids[0], &["t0"]) };
    let mut stays = hub.stream(Framing::Raw, subscription.clone());
    let mut leaves = hub.stream(Framing::Raw, subscription);
    assert_reads(&mut stays, ":\n:\n:\n:\n");
    assert_reads(&mut leaves, ":\n:\n");
    hub.wait_for("streams", 2);
    drop(leaves);
    hub.wait_for("streams", 1);
    eventually("it is forgotten", || hub.status()["waiting"] == 1);
    server.signal(Signal::CONT);
    let mut stays = BufReader::new(stays);
    for missed in (2..1_000).step_by(2) {
        assert_eq!(Told::next_event(&mut stays).data, missed.to_string());
    }
}

#[test]
fn who_has_missed_too_much_is_told_after_what_it_may_be_given() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 1_000, 1, 100);
    let mut last = ids[999];
    for (option, value) in [("--replay-events", "100"), ("--replay-bytes", "40000")] {
        let hub = connected(&server.url(), &[option, value]);
        let mut stream = BufReader::new(hub.stream(Framing::Raw, after(&ids[0], &["t0"])));
        let mut given = 0;
        let reset = loop {
            let told = Told::next_event(&mut stream);
            if told.is_reset() {
                break told;
            }
            given += 1;
            assert_eq!(told.id, ids[given]);
        };
        assert!((50..=100).contains(&given), "{given} with {option}");
        assert_eq!(reset.id, last, "it goes on with what is new");
        assert_eq!(reset.data, format!("{{\"lastEventId\":\"{}\"}}", ids[0]));
        last = hub.publish(&["t0"], "next");
        assert_eq!(Told::next_event(&mut stream).id, last);
    }
}

#[test]
fn a_client_that_reads_slowly_is_given_what_it_takes_and_everything_in_order() {
    const EVENTS: usize = 8_000;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, EVENTS, 1, 2_000);
    let hub = connected(&server.url(), &["--replay-bytes", "100000000"]);
    let before = memory(&hub);
    let mut slow: Vec<_> =
        (0..20).map(|_| hub.stream(Framing::Raw, after(&ids[0], &["t0"]))).collect();
    // Another, which is not held up by them.
    let mut fast = BufReader::new(hub.stream(Framing::Raw, after(&ids[EVENTS - 500], &["t0"])));
    for missed in &ids[EVENTS - 499..] {
        assert_eq!(Told::next_event(&mut fast).id, *missed);
    }
    eventually("all wait for their clients", || hub.status()["waiting"] == 20);
    let grown = memory(&hub).saturating_sub(before);
    assert!(grown < 20 << 20, "the hub has grown by {grown} bytes for slow clients");
    let new: Vec<_> =
        (0..50).map(|number| hub.publish(&["t0"], &format!("new {number}"))).collect();
    let expected: Vec<EventId> = ids[1..].iter().chain(&new).copied().collect();
    thread::scope(|scope| {
        for stream in slow.drain(..) {
            scope.spawn(|| {
                let mut stream = BufReader::new(stream);
                for expected in &expected {
                    assert_eq!(Told::next_event(&mut stream).id, *expected);
                }
            });
        }
    });
    assert_eq!(hub.status()["resets"], 0);
}

#[test]
fn what_is_read_for_clients_that_take_nothing_is_bounded_for_all_of_them_together() {
    const QUEUE: u64 = 4_000_000;
    const EVENT: u64 = 20_000;
    // What is on its way to where slow clients are dropped, too: a page of Redis' is 32 entries at first, and fewer
    // where they are as large as these; each is kept as it was published and as it is sent.
    const PAGE: u64 = 32 * 2 * EVENT;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 4000, 40, usize::try_from(EVENT).unwrap());
    let hub = connected(&server.url(), &["--queue", &QUEUE.to_string()]);
    let before = memory(&hub);
    let comers = comers(&hub, &ids, 40);
    eventually("somebody is dropped, and the others have what they may", || {
        let status = hub.status();
        let left = status["streams"].as_u64().unwrap();
        println!("{} bytes more: {status}", memory(&hub).saturating_sub(before));
        // It is looked at when a page has been queued, which may be seen before.
        let queued = status["queues"]["bytes"].as_u64().unwrap();
        assert!(queued <= QUEUE + PAGE, "{queued} bytes are kept");
        let is_kept_to = 0 < queued && queued <= QUEUE;
        is_kept_to && left < 40 && status["droppedSlow"].as_u64().unwrap() == 40 - left
    });
    let status = hub.status();
    assert!(status["streams"].as_u64() > Some(0), "{status}");
    drop(comers);
    hub.wait_for("streams", 0);
    eventually("a page that was on its way is let go of", || hub.status()["queues"]["bytes"] == 0);
}

fn memory(hub: &Hub) -> u64 {
    hub.status()["memory"].as_u64().unwrap()
}

#[test]
fn a_stream_ends_cleanly_while_it_waits() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 600, 1, 1);
    let hub = connected(&server.url(), &[]);
    server.signal(Signal::STOP);
    let subscription = Subscription { lifetime: 100, retry: 7, ..after(&ids[0], &["t0"]) };
    let mut stream = hub.stream(Framing::Raw, subscription);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), ":\nretry: 7\n");
    server.signal(Signal::CONT);
    eventually("it is forgotten", || hub.status()["waiting"] == 0);
    let mut stream = hub.stream(Framing::Raw, to(&["t0"]));
    let id = until_it_publishes(&hub, "t0", "x");
    assert_reads(&mut stream, format!(":\n{}", frame(id, "x")));
}
