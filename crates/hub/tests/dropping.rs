//! Streams that make room: the oldest under a key ends for the newest, and nobody is counted twice.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;

use hub_protocol::{Client, Framing, Limit, Reply, Request};
use rustix::fs::fstat;

use support::{
    FASTCGI, Hub, assert_reads, fill, frame, hand_over, response, soon, stream_by, to,
    wait_for_some, wait_until,
};

const KEY: &[u8] = b"\xc6\x33\x64\x07";

fn limit(max: u32, drops_oldest: bool) -> Request {
    Request::Lease(vec![Limit { key: KEY.to_vec(), max, drops_oldest }])
}

#[track_caller]
fn stream(hub: &Hub, limit: &Request, framing: Framing) -> UnixStream {
    stream_by(&mut hub.leased_worker(limit), framing, to(&["a"]))
}

/// The next message that is no event, or the end.
fn heard(worker: &mut Client) -> Option<Reply> {
    loop {
        match worker.next_reply().unwrap() {
            Some(Reply::Delivery(_)) => {}
            Some(reply) => return Some(reply),
            None => fill(worker).ok()?,
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
    let mut worker = hub.leased_worker(&one);
    let (mut dead, connection) = hand_over(&mut worker, response(Framing::Raw), to(&["a"]));
    let its_own = fstat(&connection).unwrap().st_ino;
    drop(connection);
    worker.send(&Request::Commit, None, soon()).unwrap();
    hub.wait_for("streams", 1);
    assert!(hub.has_open(its_own));
    for _ in 0..20 {
        hub.publish(&["a"], &"x".repeat(100_000));
    }
    let mut alive = stream(&hub, &one, Framing::Raw);
    hub.wait_for("droppedOldest", 1);
    // All before this event has been done, as everything is done in order.
    let id = hub.publish(&["a"], "later");
    assert_reads(&mut alive, format!(":\n{}", frame(id, "later")));
    hub.wait_for("streams", 1);
    wait_until("its descriptor is closed", || !hub.has_open(its_own));
    let taken = all(&mut dead).len();
    assert!(taken < 2_000_000, "it was cut: {taken}");
}

#[test]
fn a_worker_that_has_the_lease_is_told_in_each_state_of_its_stream() {
    let (hub, one) = (Hub::start(&[]), limit(1, true));
    // Nothing asked for yet; and a connection that has a lease and a subscription.
    let mut silent = hub.leased_worker(&one);
    let mut subscribed = hub.leased_worker(&one);
    assert_eq!(heard(&mut silent), Some(Reply::Dropped));
    let reply = subscribed.call(&Request::Subscribe(to(&["a"])), None, soon()).unwrap();
    assert_eq!(reply, Reply::Subscribed);
    hub.wait_for("workers", 1);
    // Offered, and not yet let go of: it ends as soon as it is the hub's.
    let mut offering = hub.leased_worker(&one);
    assert_eq!(heard(&mut subscribed), Some(Reply::Dropped));
    assert_eq!(heard(&mut subscribed), None);
    let (mut client, connection) = hand_over(&mut offering, response(Framing::Raw), to(&["a"]));
    let last = hub.leased_worker(&one);
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

/// The outcome of a storm of clients under one key.
#[derive(Debug, PartialEq)]
struct Storm {
    granted: usize,
    told: usize,
    live: usize,
    /// The most streams that the hub has had at a time.
    most: u64,
}

/// A client of the storm, and all that it has been sent so far.
struct Visitor {
    connection: UnixStream,
    read: Vec<u8>,
}

impl Visitor {
    /// Reads what is there; true if that was the end.
    fn has_ended(&mut self) -> bool {
        self.connection.set_nonblocking(true).unwrap();
        self.connection.read_to_end(&mut self.read).is_ok()
    }
}

const THREADS: usize = 8;
const EACH: usize = 50;

/// Has clients come, one after the other, for as long as they are given leases.
fn come(hub: &Hub, limit: &Request, granted: &AtomicUsize) -> Vec<Visitor> {
    let mut visitors = Vec::new();
    for number in 0..EACH {
        let mut worker = hub.connect();
        if worker.call(limit, None, soon()).unwrap() != Reply::Granted {
            continue;
        }
        granted.fetch_add(1, Relaxed);
        let (client, connection) = UnixStream::pair().unwrap();
        let request =
            Request::HandOver { subscription: to(&["a"]), response: response(Framing::Raw) };
        let reply = worker.call(&request, Some(connection.as_fd()), soon()).unwrap();
        // Some are dropped before they can hand over, and some workers die before they let go.
        if reply == Reply::Accepted && number % 7 != 6 {
            worker.send(&Request::Commit, None, soon()).unwrap();
            visitors.push(Visitor { connection: client, read: Vec::new() });
        } else {
            (&connection).write_all(b"never handed over").unwrap();
        }
    }
    visitors
}

/// The most streams that the hub has at a time, until it is over.
fn most_streams(hub: &Hub, over: &AtomicBool) -> u64 {
    let mut most = 0;
    while !over.load(Relaxed) {
        most = most.max(streams(hub));
    }
    most
}

fn streams(hub: &Hub) -> u64 {
    hub.status()["streams"].as_u64().unwrap()
}

/// Waits until each is live or has ended, and nobody both: the numbers of those told, and of those live.
fn settle(hub: &Hub, visitors: &mut [Visitor]) -> (usize, usize) {
    let committed = visitors.len();
    wait_for_some("each is live or has ended", || {
        let told = visitors.iter_mut().filter_map(|it| it.has_ended().then_some(())).count();
        let live = usize::try_from(streams(hub)).unwrap();
        (told + live == committed).then_some((told, live))
    })
}

fn storm(limit: &Request) -> Storm {
    let hub = Hub::start(&["--shards", "1"]);
    let (granted, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (mut visitors, most) = thread::scope(|scope| {
        let watcher = scope.spawn(|| most_streams(&hub, &over));
        let come = || come(&hub, limit, &granted);
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(come)).collect();
        let visitors: Vec<_> = threads.into_iter().flat_map(|it| it.join().unwrap()).collect();
        over.store(true, Relaxed);
        (visitors, watcher.join().unwrap())
    });
    let (told, live) = settle(&hub, &mut visitors);
    let dropped = dropped(&hub);
    for visitor in &mut visitors {
        let is_told = String::from_utf8_lossy(&visitor.read).ends_with(&dropped);
        assert_eq!(visitor.has_ended(), is_told, "who is ended is told so");
    }
    drop(visitors);
    hub.wait_for("streams", 0);
    hub.wait_for("limits", 0);
    Storm { granted: granted.into_inner(), told, live, most }
}

#[test]
fn in_a_storm_no_lease_counts_twice_and_none_is_lost() {
    let dropping = storm(&limit(5, true));
    assert_eq!(dropping.granted, THREADS * EACH, "everybody gets a lease: {dropping:?}");
    assert!(dropping.most <= 5 && (1..=5).contains(&dropping.live), "{dropping:?}");
    assert!(dropping.told > 100, "{dropping:?}");
    // The same storm shows what would be wrong: no room is made, and there is no limit.
    let refusing = storm(&limit(5, false));
    assert!(refusing.granted < THREADS * EACH && refusing.told == 0, "{refusing:?}");
    assert!(refusing.most <= 5, "{refusing:?}");
    let unlimited = storm(&limit(1_000_000, true));
    assert!(unlimited.most > 5 && unlimited.told == 0, "{unlimited:?}");
}
