//! Clients that come for the first time to a hub that has just been started: what another machine has
//! published since their scripts began is in a real Redis only.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use hub_protocol::{EventId, Framing, Reply, Subscription};
use rustix::process::Signal;

use crate::hubs::{connected, start, until_it_publishes};
use crate::server::{Server, eventually};
use crate::support::{Told, after, assert_reads, frame, publish, published, soon, to};

/// Now, for a script that begins.
fn now() -> u64 {
    Subscription::now()
}

fn since(began: u64, names: &[&str]) -> Subscription {
    Subscription { began, ..to(names) }
}

/// Waits until an entry with this id is older than Redis' answer to a hub can be, on a busy machine: a hub
/// dates it later by so much, never earlier.
fn wait_for_another_moment(server: &Server, id: EventId) {
    const LONGER: u64 = 1000;
    let mut redis = server.connect();
    eventually("the clock goes on", || {
        let (seconds, microseconds): (u64, u64) = redis::cmd("TIME").query(&mut redis).unwrap();
        seconds * 1000 + microseconds / 1000 > id.milliseconds + LONGER
    });
}

/// The next event of a stream that has just begun.
fn next_event(client: UnixStream) -> Told {
    Told::next_event(&mut BufReader::new(client))
}

#[test]
fn what_was_published_elsewhere_before_the_hub_was_there_is_not_missed() {
    let server = Server::start(&[]);
    let elsewhere = connected(&server.url(), &[]);
    let before = elsewhere.publish(&["a"], "before the script");
    wait_for_another_moment(&server, before);
    let began = now();
    let since_then = ["one", "two"].map(|data| {
        elsewhere.publish(&["b"], "of no interest");
        frame(elsewhere.publish(&["a"], data), data)
    });
    let hub = connected(&server.url(), &[]);
    let mut client = hub.stream(Framing::Raw, since(began, &["a"]));
    let next = elsewhere.publish(&["a"], "live");
    assert_reads(&mut client, format!(":\n{}{}", since_then.concat(), frame(next, "live")));
}

#[test]
fn a_stream_that_comes_before_its_hub_knows_redis_waits_for_it() {
    let server = Server::start(&[]);
    let elsewhere = connected(&server.url(), &[]);
    let seen = elsewhere.publish(&["a"], "seen");
    wait_for_another_moment(&server, seen);
    let began = now();
    let missed = frame(elsewhere.publish(&["a"], "missed"), "missed");
    server.signal(Signal::STOP);
    let hub = start(&server.url(), &[]);
    let subscriptions = [since(began, &["a"]), after(&seen, &["a"])];
    let mut clients = subscriptions.map(|subscription| hub.stream(Framing::Raw, subscription));
    server.signal(Signal::CONT);
    for client in &mut clients {
        assert_reads(client, format!(":\n{missed}"));
    }
    let next = elsewhere.publish(&["a"], "live");
    for client in &mut clients {
        assert_reads(client, frame(next, "live"));
    }
}

#[test]
fn a_hub_that_is_started_to_publish_publishes() {
    let server = Server::start(&[]);
    server.signal(Signal::STOP);
    let hub = start(&server.url(), &[]);
    let mut publisher = hub.connect();
    publisher.send(&publish(&["a"], "first"), None, soon()).unwrap();
    server.signal(Signal::CONT);
    published(&mut publisher);
}

#[test]
fn a_stream_does_not_wait_for_a_redis_that_does_not_answer_and_is_told_when_it_does() {
    let server = Server::start(&[]);
    server.signal(Signal::STOP);
    let hub = start(&server.url(), &[]);
    let mut client = hub.stream(Framing::Raw, since(now(), &["a"]));
    assert_reads(&mut client, ":\n");
    server.signal(Signal::CONT);
    assert!(next_event(client).is_reset());
}

#[test]
fn who_began_longer_ago_than_the_hub_can_know_is_told() {
    let server = Server::start(&[]);
    let elsewhere = connected(&server.url(), &[]);
    let began = now();
    let all = 300;
    for number in 0..all {
        elsewhere.publish(&["a"], &number.to_string());
    }
    let hub = connected(&server.url(), &[]);
    let kept = hub.status()["backlog"]["events"].as_u64().unwrap();
    assert!(kept > 0 && kept < all, "{kept}");
    assert!(next_event(hub.stream(Framing::Raw, since(began, &["a"]))).is_reset());
}

#[test]
fn who_began_before_redis_lost_events_is_told() {
    let mut server = Server::start(&[]);
    let hub = connected(&server.url(), &[]);
    let began = now();
    let lost = hub.publish(&["a"], "lost");
    eventually("it has arrived", || hub.status()["lastEventId"] == lost.to_string());
    server.lose_everything();
    eventually("the hub knows", || hub.status()["lastEventId"] != lost.to_string());
    assert!(next_event(hub.stream(Framing::Raw, since(began, &["a"]))).is_reset());
    let later = hub.stream(Framing::Raw, since(now(), &["a"]));
    until_it_publishes(&hub, "a", "after");
    let told = next_event(later);
    assert_eq!((&*told.event, &*told.data), ("", "after"));
}

#[test]
fn who_comes_back_with_an_id_that_redis_has_lost_is_told() {
    let server = Server::start(&[]);
    let elsewhere = connected(&server.url(), &[]);
    elsewhere.publish(&["a"], "kept");
    let lost = elsewhere.publish(&["a"], "lost");
    elsewhere.publish(&["a"], "after");
    // As from a copy of Redis' data that is some events old.
    server.execute(&format!("XDEL sse {lost}"));
    let hub = connected(&server.url(), &[]);
    assert!(next_event(hub.stream(Framing::Raw, after(&lost, &["a"]))).is_reset());
}

/// The events that a client has seen that came while its hub began.
struct Visit {
    began: u64,
    ids: Vec<EventId>,
    /// True if it was told that it misses some.
    reset: bool,
}

impl Visit {
    /// Visits a hub that has just been started, and gets some events. A script that knows nothing of its
    /// beginning is the negative control.
    fn new(server: &Server, knows_its_beginning: bool) -> Self {
        const EVENTS: usize = 20;
        let began = now();
        let hub = start(&server.url(), &[]);
        let told = if knows_its_beginning { began } else { u64::MAX };
        let (mut ids, mut reset) = (Vec::new(), false);
        let mut events = BufReader::new(hub.stream(Framing::Raw, since(told, &["a"])));
        while ids.len() < EVENTS {
            let event = Told::next(&mut events).unwrap();
            reset |= event.is_reset();
            ids.extend((!event.is_position()).then_some(event.id));
        }
        Self { began, ids, reset }
    }

    /// True if it has everything since its script began, in order and once.
    fn is_complete(&self, published: &[Published]) -> bool {
        let due = published.partition_point(|event| event.began < self.began);
        let first = published.partition_point(|event| event.id < self.ids[0]);
        let due_ids = published[first..].iter().map(|event| event.id);
        first <= due && due_ids.zip(&self.ids).all(|(due, id)| due == *id)
    }
}

struct Published {
    /// Before Redis can have got it.
    began: u64,
    id: EventId,
}

/// Has clients come to new hubs while events are published: how many were told that they miss some, and how
/// many do without a word.
fn visit_in_a_storm(knows_its_beginning: bool) -> (usize, usize) {
    const VISITS: usize = 30;
    let server = Server::start(&[]);
    let elsewhere = connected(&server.url(), &[]);
    let over = AtomicBool::new(false);
    let (visits, published) = thread::scope(|scope| {
        let publisher = scope.spawn(|| {
            let (mut client, mut published) = (elsewhere.connect(), Vec::new());
            while !over.load(SeqCst) {
                let began = now();
                let reply = client.call(&publish(&["a"], ""), None, soon()).unwrap();
                let Reply::Published(id) = reply else { panic!("{reply:?}") };
                published.push(Published { began, id });
                thread::sleep(Duration::from_millis(1));
            }
            published
        });
        let visit = |_| Visit::new(&server, knows_its_beginning);
        let visits: Vec<_> = (0..VISITS).map(visit).collect();
        over.store(true, SeqCst);
        (visits, publisher.join().unwrap())
    });
    let (told, others): (Vec<_>, Vec<_>) = visits.into_iter().partition(|visit| visit.reset);
    let missed = others.iter().filter(|visit| !visit.is_complete(&published));
    (told.len(), missed.count())
}

#[test]
fn nobody_misses_an_event_in_a_storm_of_hubs_that_begin() {
    let (told, missed) = visit_in_a_storm(true);
    // On a machine that takes long to start a hub, there may be more events than a page holds.
    assert!(missed == 0 && told < 15, "{missed}, {told} told");
}

#[test]
fn a_client_that_knows_nothing_of_its_beginning_is_found_out() {
    let (_, missed) = visit_in_a_storm(false);
    assert!(missed > 15, "{missed}");
}
