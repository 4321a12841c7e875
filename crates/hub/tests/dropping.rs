//! Streams that make room: the oldest under a key ends for the newest, and nobody is counted twice.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::{
    io::{Read, Write},
    net::Shutdown,
    os::{fd::AsFd, unix::net::UnixStream},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::Instant,
};

use hub_protocol::{Client, Framing, Limit, Reply, Request, Response};
use support::{FASTCGI, Hub, assert_reads, frame, soon, stream_by, to};

const KEY: &[u8] = b"\xc6\x33\x64\x07";

fn limit(max: u32, drops_oldest: bool) -> Request {
    Request::Lease(vec![Limit { key: KEY.to_vec(), max, drops_oldest }])
}

/// A worker that has a place.
#[track_caller]
fn worker(hub: &Hub, limit: &Request) -> Client {
    let mut worker = hub.connect();
    assert_eq!(worker.call(limit, None, soon()).unwrap(), Reply::Granted);
    worker
}

#[track_caller]
fn stream(hub: &Hub, limit: &Request, framing: Framing) -> UnixStream {
    stream_by(&mut worker(hub, limit), framing, to(&["a"]))
}

/// The next message that is no event, or the end.
fn heard(worker: &mut Client) -> Option<Reply> {
    loop {
        match worker.next_reply().unwrap() {
            Some(Reply::Delivery(_)) => {}
            Some(reply) => return Some(reply),
            None => worker.fill().ok()?,
        }
    }
}

/// The last event of a stream that makes room, at the newest event.
fn dropped(hub: &Hub) -> String {
    let position = &hub.status()["lastEventId"];
    format!("id: sse:dropped\nevent: sse:dropped\ndata: {{\"lastEventId\":{position}}}\n\n")
}

/// Reads all that a client gets.
fn all(client: &mut UnixStream) -> String {
    let mut all = String::new();
    client.read_to_string(&mut all).unwrap();
    all
}

#[track_caller]
fn assert_told(hub: &Hub, client: &mut UnixStream) {
    let (all, dropped) = (all(client), dropped(hub));
    assert!(all.ends_with(&dropped), "{all}, not {dropped}");
}

#[test]
fn the_oldest_stream_of_a_key_makes_room_and_is_told_where_it_stood() {
    let (hub, two) = (Hub::start(&[]), limit(2, true));
    let [mut first, mut second] = [(); 2].map(|()| stream(&hub, &two, Framing::Raw));
    hub.wait_for("streams", 2);
    let id = hub.publish(&["a"], "x");
    let mut third = stream(&hub, &two, FASTCGI);
    let told = all(&mut first);
    assert!(told.ends_with(&format!("id: {id}\ndata: x\n\n{}", dropped(&hub))), "{told}");
    hub.wait_for("streams", 2);
    assert_eq!(hub.status()["droppedOldest"], 1);
    let _younger = [(); 2].map(|()| stream(&hub, &two, Framing::Raw));
    assert_told(&hub, &mut second);
    let (mut records, end) = (Vec::new(), b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0");
    third.read_to_end(&mut records).unwrap();
    assert!(records.ends_with(&[dropped(&hub).as_bytes(), end].concat()), "{records:?}");
}

#[test]
fn a_client_that_takes_nothing_makes_room_at_once() {
    let (hub, one) = (Hub::start(&["--queue", "100000000"]), limit(1, true));
    let mut dead = stream(&hub, &one, Framing::Raw);
    hub.wait_for("streams", 1);
    let before = hub.descriptors();
    for _ in 0..20 {
        hub.publish(&["a"], &"x".repeat(100_000));
    }
    let mut alive = stream(&hub, &one, Framing::Raw);
    hub.wait_for("droppedOldest", 1);
    // What is done in order has come as far as to an event that came later.
    let id = hub.publish(&["a"], "later");
    assert_reads(&mut alive, format!(":\n{}", frame(id, "later")));
    hub.wait_for("streams", 1);
    assert!(hub.descriptors() <= before, "its descriptor is closed");
    let taken = all(&mut dead).len();
    assert!(taken < 2_000_000, "it was cut: {taken}");
}

#[test]
fn a_worker_that_has_the_place_is_told_in_each_state_of_its_stream() {
    let (hub, one) = (Hub::start(&[]), limit(1, true));
    // Nothing asked for yet; and a connection that has a place and a subscription.
    let mut silent = worker(&hub, &one);
    let mut subscribed = worker(&hub, &one);
    assert_eq!(heard(&mut silent), Some(Reply::Dropped));
    let reply = subscribed.call(&Request::Subscribe(to(&["a"])), None, soon()).unwrap();
    assert_eq!(reply, Reply::Subscribed);
    hub.wait_for("workers", 1);
    // Offered, and not yet let go of: it ends as soon as it is the hub's.
    let mut offering = worker(&hub, &one);
    assert_eq!(heard(&mut subscribed), Some(Reply::Dropped));
    assert_eq!(heard(&mut subscribed), None);
    let (mut client, connection) = UnixStream::pair().unwrap();
    let response = Response { framing: Framing::Raw, before: Vec::new() };
    let request = Request::HandOver { subscription: to(&["a"]), response };
    let accepted = offering.call(&request, Some(connection.as_fd()), soon()).unwrap();
    assert_eq!(accepted, Reply::Accepted);
    let last = worker(&hub, &one);
    hub.upgrade();
    offering.send(&Request::Commit, None, soon()).unwrap();
    drop(connection);
    assert_told(&hub, &mut client);
    hub.wait_for("streams", 0);
    drop(last);
    hub.wait_for("limits", 0);
}

#[test]
fn who_was_the_oldest_is_so_after_an_upgrade() {
    let (hub, three) = (Hub::start(&[]), limit(3, true));
    let mut streams = [(); 3].map(|()| stream(&hub, &three, Framing::Raw));
    hub.wait_for("streams", 3);
    hub.upgrade();
    let mut younger = [(); 2].map(|()| stream(&hub, &three, Framing::Raw));
    streams[..2].iter_mut().for_each(|oldest| assert_told(&hub, oldest));
    hub.wait_for("streams", 3);
    streams[2].shutdown(Shutdown::Both).unwrap();
    for stream in &mut younger {
        assert_reads(stream, ":\n");
    }
}

/// How a storm of clients under one key has gone.
#[derive(Debug, PartialEq)]
struct Storm {
    granted: usize,
    told: usize,
    live: usize,
    /// The most streams that the hub has had at a time.
    most: u64,
}

/// Reads what is there; whether that was the end.
fn has_ended(client: &mut UnixStream, all: &mut Vec<u8>) -> Option<()> {
    client.set_nonblocking(true).unwrap();
    client.read_to_end(all).ok().map(drop)
}

const THREADS: usize = 8;
const EACH: usize = 50;

fn storm(limit: &Request) -> Storm {
    let hub = Hub::start(&["--shards", "1"]);
    let (granted, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (clients, most) = thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Relaxed) {
                most = most.max(hub.status()["streams"].as_u64().unwrap());
            }
            most
        });
        let come = || {
            let mut clients = Vec::new();
            for number in 0..EACH {
                let mut worker = hub.connect();
                if worker.call(limit, None, soon()).unwrap() != Reply::Granted {
                    continue;
                }
                granted.fetch_add(1, Relaxed);
                let (client, connection) = UnixStream::pair().unwrap();
                let response = Response { framing: Framing::Raw, before: Vec::new() };
                let request = Request::HandOver { subscription: to(&["a"]), response };
                // Some are dropped before they can hand over, and some workers die before they let go.
                if worker.call(&request, Some(connection.as_fd()), soon()).unwrap()
                    == Reply::Accepted
                    && number % 7 != 6
                {
                    worker.send(&Request::Commit, None, soon()).unwrap();
                    clients.push(client);
                } else {
                    (&connection).write_all(b"never handed over").unwrap();
                }
            }
            clients
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(come)).collect();
        let clients: Vec<_> = threads.into_iter().flat_map(|it| it.join().unwrap()).collect();
        over.store(true, Relaxed);
        (clients, watcher.join().unwrap())
    });
    let committed = clients.len();
    let mut clients: Vec<_> = clients.into_iter().map(|client| (client, Vec::new())).collect();
    let deadline = soon();
    // Each is live or ended in the end, and nobody both.
    let (told, live) = loop {
        let told = clients.iter_mut().filter_map(|(client, all)| has_ended(client, all)).count();
        let live = usize::try_from(hub.status()["streams"].as_u64().unwrap()).unwrap();
        if told + live == committed {
            break (told, live);
        }
        assert!(Instant::now() < deadline, "{told} and {live} of {committed}");
    };
    let dropped = dropped(&hub);
    for (client, all) in &mut clients {
        let is_told = String::from_utf8_lossy(all).ends_with(&dropped);
        assert_eq!(has_ended(client, all).is_some(), is_told, "who is ended is told so");
    }
    drop(clients);
    hub.wait_for("streams", 0);
    hub.wait_for("limits", 0);
    Storm { granted: granted.into_inner(), told, live, most }
}

#[test]
fn in_a_storm_no_place_is_taken_twice_and_none_is_lost() {
    let dropping = storm(&limit(5, true));
    assert_eq!(dropping.granted, THREADS * EACH, "everybody finds a place: {dropping:?}");
    assert!(dropping.most <= 5 && (1..=5).contains(&dropping.live), "{dropping:?}");
    assert!(dropping.told > 100, "{dropping:?}");
    // The same storm shows what would be wrong: no room is made, and there is no limit.
    let refusing = storm(&limit(5, false));
    assert!(refusing.granted < THREADS * EACH && refusing.told == 0, "{refusing:?}");
    assert!(refusing.most <= 5, "{refusing:?}");
    let unlimited = storm(&limit(1_000_000, true));
    assert!(unlimited.most > 5 && unlimited.told == 0, "{unlimited:?}");
}
