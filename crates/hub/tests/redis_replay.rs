//! What clients have missed that only Redis has: it is read once for all of them, nobody waits for strangers,
//! and who waits has heartbeats.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

#[path = "../../redis-log/tests/redis/server.rs"]
#[allow(dead_code, reason = "the log's own tests do more with it")]
mod server;
mod support;

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Read},
    os::unix::net::UnixStream,
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use hub_protocol::{EventId, Framing, Reply, Subscription};
use rustix::process::Signal;
use server::{Server, eventually};
use support::{Hub, after, assert_reads, frame, publish, to};

/// A hub that has just been started: it keeps the last page of the stream.
fn hub(server: &Server, options: &[&str]) -> Hub {
    let hub = Hub::start_with(tempfile::tempdir().unwrap(), options, &server.url());
    hub.wait_for_redis();
    hub
}

/// Adds so many events to the stream, as another hub does; their ids. The number is the data, and names the
/// topic, of which there are so many.
fn fill(server: &Server, events: usize, topics: usize, size: usize) -> Vec<EventId> {
    let mut redis = server.connect();
    let mut ids = Vec::new();
    for numbers in (0..events).collect::<Vec<_>>().chunks(500) {
        let mut pipe = redis::pipe();
        for number in numbers {
            let topic = format!("t{}", number % topics);
            let data = format!("{number:0size$}");
            pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", &topic, "data", &data]);
        }
        let added: Vec<String> = pipe.query(&mut redis).unwrap();
        ids.extend(added.iter().map(|id| id.parse::<EventId>().unwrap()));
    }
    ids
}

/// How often XRANGE was said since the last time.
fn ranges(server: &Server) -> u64 {
    let mut redis = server.connect();
    let stats: String = redis::cmd("INFO").arg("commandstats").query(&mut redis).unwrap();
    redis::cmd("CONFIG").arg("RESETSTAT").exec(&mut redis).unwrap();
    let calls = stats.split("cmdstat_xrange:calls=").nth(1);
    calls.map_or(0, |calls| calls.split(',').next().unwrap().parse().unwrap())
}

/// The next event: its id, type and data. What only says where the client is does not count.
fn next_event(client: &mut impl BufRead) -> (String, String, String) {
    let (mut id, mut event, mut data) = (String::new(), String::new(), String::new());
    loop {
        let mut line = String::new();
        assert!(client.read_line(&mut line).unwrap() > 0, "the stream has ended");
        match line.trim_end().split_once(": ") {
            Some(("id", value)) => value.clone_into(&mut id),
            Some(("event", value)) => value.clone_into(&mut event),
            Some(("data", value)) => value.clone_into(&mut data),
            _ if line == "\n" && event == "sse:position" => {
                [&mut event, &mut data].into_iter().for_each(String::clear);
            }
            _ if line == "\n" && !data.is_empty() => return (id, event, data),
            _ => {}
        }
    }
}

/// Streams on quiet topics: each has had the first event of its own, and misses so many.
fn comers(hub: &Hub, ids: &[EventId], count: usize) -> Vec<BufReader<UnixStream>> {
    let comer = |number: usize| {
        let topic = format!("t{number}");
        BufReader::new(hub.stream(Framing::Raw, after(&ids[number], &[&topic])))
    };
    (0..count).map(comer).collect()
}

#[test]
fn ids_that_no_event_has_are_answered_without_reading_the_stream() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 20_000, 10, 1);
    let hub = hub(&server, &[]);
    let last = ids.last().unwrap();
    let between = EventId { milliseconds: ids[9_000].milliseconds - 1, sequence: 1 << 40 };
    let beyond = EventId { milliseconds: last.milliseconds + 1_000_000, sequence: 0 };
    let most = format!("{0}-{0}", u64::MAX);
    let hostile = [
        "1-1",
        "0-0",
        "0-1",
        "1-0",
        &most,
        &between.to_string(),
        &beyond.to_string(),
        "-",
        "x",
        "1",
        "1-1-1",
        "18446744073709551616-0",
        " 1-1",
        "+",
        "$",
        "0",
        "\u{e9}",
        "%00",
    ];
    ranges(&server);
    let mut streams = Vec::new();
    for id in hostile.iter().cycle().take(3 * hostile.len()) {
        streams.push((id, BufReader::new(hub.stream(Framing::Raw, after(id, &["t1"])))));
    }
    for (id, stream) in &mut streams {
        let (_, event, data) = next_event(stream);
        assert_eq!(
            (&*event, data),
            ("reset", serde_json::json!({ "lastEventId": id }).to_string())
        );
    }
    let read = ranges(&server);
    assert!(read <= streams.len() as u64, "XRANGE {read} times for {} clients", streams.len());
    let next = hub.publish(&["t1"], "next");
    for (id, stream) in &mut streams {
        let (got, _, data) = next_event(stream);
        assert_eq!((got, &*data), (next.to_string(), "next"), "live after {id}");
    }
}

#[test]
fn the_stream_is_read_once_for_all_who_come_back() {
    const CLIENTS: usize = 100;
    const EVENTS: usize = 10_000;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, EVENTS, CLIENTS, 1);
    let hub = hub(&server, &[]);
    ranges(&server);
    let mut streams = comers(&hub, &ids, CLIENTS);
    for (number, stream) in streams.iter_mut().enumerate() {
        for missed in (number..EVENTS).step_by(CLIENTS).skip(1) {
            let (id, _, data) = next_event(stream);
            assert_eq!((id, data), (ids[missed].to_string(), missed.to_string()));
        }
    }
    let read = ranges(&server);
    // A place each, and a few walks for those that came when the first was under way.
    assert!(read < CLIENTS as u64 + 500, "XRANGE {read} times for {CLIENTS} clients");
    eventually("nobody waits", || hub.status()["waiting"] == 0);
}

#[test]
fn who_waits_for_redis_has_heartbeats_and_is_forgotten_when_it_leaves() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 1_000, 2, 1);
    let hub = hub(&server, &[]);
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
        assert_eq!(next_event(&mut stays).2, missed.to_string());
    }
}

#[test]
fn who_has_missed_too_much_is_told_after_what_it_may_be_given() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 1_000, 1, 100);
    let mut last = ids[999];
    for (option, value) in [("--replay-events", "100"), ("--replay-bytes", "40000")] {
        let hub = hub(&server, &[option, value]);
        let mut stream = BufReader::new(hub.stream(Framing::Raw, after(&ids[0], &["t0"])));
        let mut given = 0;
        let (id, data) = loop {
            let (id, event, data) = next_event(&mut stream);
            if event == "reset" {
                break (id, data);
            }
            given += 1;
            assert_eq!(id, ids[given].to_string());
        };
        assert!((50..=100).contains(&given), "{given} with {option}");
        assert_eq!(id, last.to_string(), "it goes on with what is new");
        assert_eq!(data, format!("{{\"lastEventId\":\"{}\"}}", ids[0]));
        last = hub.publish(&["t0"], "next");
        assert_eq!(next_event(&mut stream).0, last.to_string());
    }
}

#[test]
fn a_client_that_reads_slowly_is_given_what_it_takes_and_everything_in_order() {
    const EVENTS: usize = 8_000;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, EVENTS, 1, 2_000);
    let hub = hub(&server, &["--replay-bytes", "100000000"]);
    let before = memory(&hub);
    let mut slow: Vec<_> =
        (0..20).map(|_| hub.stream(Framing::Raw, after(&ids[0], &["t0"]))).collect();
    // Another, which is not held up by them.
    let mut fast = BufReader::new(hub.stream(Framing::Raw, after(&ids[EVENTS - 500], &["t0"])));
    for missed in &ids[EVENTS - 499..] {
        assert_eq!(next_event(&mut fast).0, missed.to_string());
    }
    eventually("all wait for their clients", || hub.status()["waiting"] == 20);
    let grown = memory(&hub).saturating_sub(before);
    assert!(grown < 20 << 20, "the hub has grown by {grown} bytes for slow clients");
    let new: Vec<_> =
        (0..50).map(|number| hub.publish(&["t0"], &format!("new {number}"))).collect();
    let expected: Vec<String> = ids[1..].iter().chain(&new).map(EventId::to_string).collect();
    thread::scope(|scope| {
        for stream in slow.drain(..) {
            scope.spawn(|| {
                let mut stream = BufReader::new(stream);
                for expected in &expected {
                    assert_eq!(next_event(&mut stream).0, *expected);
                }
            });
        }
    });
    assert_eq!(hub.status()["resets"], 0);
}

#[test]
fn what_is_read_for_clients_that_take_nothing_is_bounded_for_all_of_them_together() {
    const QUEUE: u64 = 4_000_000;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 4000, 40, 20_000);
    let hub = hub(&server, &["--queue", &QUEUE.to_string()]);
    let before = memory(&hub);
    let comers = comers(&hub, &ids, 40);
    eventually("somebody is dropped, and the others have what they may", || {
        let status = hub.status();
        let left = status["streams"].as_u64().unwrap();
        println!("{} bytes more: {status}", memory(&hub).saturating_sub(before));
        // It is looked at when a page has been queued, which may be seen before.
        let queued = status["queues"]["bytes"].as_u64().unwrap();
        let is_kept_to = 0 < queued && queued <= QUEUE;
        is_kept_to && left < 40 && status["droppedSlow"].as_u64().unwrap() == 40 - left
    });
    let status = hub.status();
    assert!(status["streams"].as_u64() > Some(0), "{status}");
    drop(comers);
    hub.wait_for("streams", 0);
    assert_eq!(hub.status()["queues"]["bytes"], 0);
}

fn memory(hub: &Hub) -> u64 {
    hub.status()["memory"].as_u64().unwrap()
}

#[test]
fn replay_and_live_events_join_without_a_gap_or_a_repeat_for_all_who_come_at_any_time() {
    const CLIENTS: usize = 60;
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 3_000, 1, 10);
    let hub = hub(&server, &["--backlog-events", "20"]);
    let over = AtomicBool::new(false);
    let (published, seen) = thread::scope(|scope| {
        let publisher = scope.spawn(|| {
            let mut published = Vec::new();
            while !over.load(SeqCst) {
                published.push(hub.publish(&["t0"], "x"));
            }
            published.push(hub.publish(&["t0"], "end"));
            published
        });
        let readers: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let start = number * 2_000 / CLIENTS;
                let stream = hub.stream(Framing::Raw, after(&ids[start], &["t0"]));
                scope.spawn(move || {
                    let mut stream = BufReader::new(stream);
                    let mut seen = Vec::new();
                    loop {
                        let (id, event, data) = next_event(&mut stream);
                        assert_ne!(event, "reset");
                        seen.push(id);
                        if data == "end" {
                            return (start, seen);
                        }
                    }
                })
            })
            .collect();
        over.store(true, SeqCst);
        let seen: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        (publisher.join().unwrap(), seen)
    });
    for (start, seen) in seen {
        let expected: Vec<String> =
            ids[start + 1..].iter().chain(&published).map(EventId::to_string).collect();
        assert_eq!(seen, expected, "from {start} on");
    }
}

#[test]
fn who_waits_when_the_database_is_flushed_is_told() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 20_000, 1, 1_000);
    let hub = hub(&server, &[]);
    // One that reads nothing, so that it waits, and one that is live.
    let waits = hub.stream(Framing::Raw, after(&ids[0], &["t0"]));
    let mut live = BufReader::new(hub.stream(Framing::Raw, to(&["t0"])));
    hub.wait_for("waiting", 1);
    hub.wait_for("streams", 2);
    server.say("FLUSHDB");
    let next = hub.publish(&["t0"], "next");
    let (reset, event, _) = loop {
        let next = next_event(&mut live);
        if next.1 != "sse:position" {
            break next;
        }
    };
    assert_eq!(event, "reset");
    assert!(reset.parse::<EventId>().unwrap() > *ids.last().unwrap());
    let after = hub.publish(&["t0"], "after");
    assert!(after > next);
    // Whatever came in between is covered by a reset.
    assert_ends_after_a_reset(BufReader::new(waits), Some(&reset), after);
    assert_ends_after_a_reset(live, None, after);
}

/// Reads up to an event: everything comes in order, and this reset before it, where one is named.
fn assert_ends_after_a_reset(mut stream: BufReader<UnixStream>, reset: Option<&str>, end: EventId) {
    let (mut last, mut is_told) = (EventId::ZERO, false);
    while last != end {
        let (id, event, _) = next_event(&mut stream);
        is_told |= event == "reset" && Some(&*id) == reset;
        let id = id.parse().unwrap();
        assert!(last < id || event == "reset" && last == id, "{id} comes after {last}");
        last = id;
    }
    assert!(is_told || reset.is_none(), "{reset:?}");
}

#[test]
fn nothing_is_lost_in_silence_by_two_hubs_when_the_database_is_flushed_under_load() {
    const FLUSHES: usize = 5;
    let server = Server::start(&["--appendfsync", "no"]);
    let hubs = [hub(&server, &[]), hub(&server, &[])];
    let streams = hubs.each_ref().map(|hub| {
        let mut stream = hub.stream(Framing::Raw, to(&["a"]));
        assert_reads(&mut stream, ":\n");
        stream
    });
    let over = AtomicBool::new(false);
    let (published, seen) = thread::scope(|scope| {
        let publishers = [0, 1, 0, 1].map(|number: usize| {
            let (hub, over) = (&hubs[number], &over);
            scope.spawn(move || {
                let (mut client, mut published) = (hub.connect(), Vec::new());
                while !over.load(SeqCst) {
                    let reply = client.call(&publish(&["a"], "x"), None, support::soon()).unwrap();
                    let Reply::Published(id) = reply else { panic!("{reply:?}") };
                    published.push(id);
                }
                published
            })
        });
        let readers = streams.map(|stream| {
            scope.spawn(|| {
                let mut stream = BufReader::new(stream);
                let mut seen = Vec::new();
                loop {
                    let (id, event, data) = next_event(&mut stream);
                    seen.push((id.parse::<EventId>().unwrap(), event));
                    if data == "end" {
                        return seen;
                    }
                }
            })
        });
        for _ in 0..FLUSHES {
            let before = hubs[0].status()["published"].as_u64().unwrap();
            eventually("events flow", || {
                hubs[0].status()["published"].as_u64().unwrap() > before + 200
            });
            server.say("FLUSHDB");
        }
        over.store(true, SeqCst);
        let published = publishers.map(|publisher| publisher.join().unwrap()).concat();
        eventually("both have followed", || {
            let last = hubs.each_ref().map(|hub| hub.status()["lastEventId"].to_string());
            last[0] == last[1]
        });
        hubs[0].publish(&["a"], "end");
        (published, readers.map(|reader| reader.join().unwrap()))
    });
    let unique: HashSet<_> = published.iter().collect();
    let repeated = published.len() - unique.len();
    let silent = seen.map(|seen| {
        assert!(seen.is_sorted_by(|one, next| one.0 <= next.0), "in order");
        let got: HashSet<EventId> = seen.iter().map(|(id, _)| *id).collect();
        // What is missing lies before a reset, and after the last event that came before that one.
        let mut told = Vec::new();
        for pair in seen.windows(2) {
            if pair[1].1 == "reset" {
                told.push((pair[0].0, pair[1].0));
            }
        }
        let missing = published.iter().filter(|id| !got.contains(id));
        let silent = missing.filter(|id| !told.iter().any(|(from, to)| from < *id && *id <= to));
        silent.count()
    });
    let total = published.len();
    assert_eq!((repeated, silent), (0, [0, 0]), "ids given twice, and lost in silence, of {total}");
}

#[test]
fn a_stream_ends_cleanly_while_it_waits() {
    let server = Server::start(&["--appendfsync", "no"]);
    let ids = fill(&server, 600, 1, 1);
    let hub = hub(&server, &[]);
    server.signal(Signal::STOP);
    let subscription = Subscription { lifetime: 100, retry: 7, ..after(&ids[0], &["t0"]) };
    let mut stream = hub.stream(Framing::Raw, subscription);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), ":\nretry: 7\n");
    server.signal(Signal::CONT);
    eventually("it is forgotten", || hub.status()["waiting"] == 0);
    let mut stream = hub.stream(Framing::Raw, to(&["t0"]));
    let id = until_it_publishes(&hub);
    assert_reads(&mut stream, format!(":\n{}", frame(id, "x")));
}

fn until_it_publishes(hub: &Hub) -> EventId {
    let mut id = EventId::ZERO;
    eventually("Redis takes an event", || match hub.ask(&publish(&["t0"], "x")) {
        Reply::Published(published) => {
            id = published;
            true
        }
        _ => false,
    });
    id
}
