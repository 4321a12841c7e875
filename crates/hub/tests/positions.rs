//! Clients on quiet topics: each knows where it is from the beginning, so that nothing is lost in silence while
//! it is away; and who has missed nothing is not told that it has.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{BufReader, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hub_protocol::{EventId, Framing, Reply, Request, Subscription};
use rustix::process::Signal;

use support::{Hub, Told, after, frame, next_delivery, position, soon, to};

/// Reads exactly these bytes, positions with them.
#[track_caller]
fn assert_says(client: &mut UnixStream, expected: &str) {
    let mut bytes = vec![0; expected.len()];
    client.read_exact(&mut bytes).unwrap();
    assert_eq!(String::from_utf8_lossy(&bytes), expected);
}

/// Reads exactly these bytes, positions with them, and the end.
#[track_caller]
fn assert_says_last(client: &mut UnixStream, expected: &str) {
    let mut said = String::new();
    client.read_to_string(&mut said).unwrap();
    assert_eq!(said, expected);
}

/// A client, of which an EventSource would know no more.
struct Visitor {
    events: BufReader<UnixStream>,
    last: Option<EventId>,
}

impl Visitor {
    fn new(hub: &Hub, subscription: Subscription) -> Self {
        let mut visitor =
            Self { events: BufReader::new(hub.stream(Framing::Raw, subscription)), last: None };
        assert!(visitor.next().is_position());
        visitor
    }

    /// The next event; positions are noted as others are.
    #[track_caller]
    fn next(&mut self) -> Told {
        let told = Told::next(&mut self.events).unwrap();
        self.last = Some(told.id);
        told
    }

    /// The next one that says something.
    #[track_caller]
    fn next_event(&mut self) -> Told {
        loop {
            let told = self.next();
            if !told.is_position() {
                return told;
            }
        }
    }

    /// Reads to the end.
    fn leave_at_the_end(&mut self) {
        while let Some(told) = Told::next(&mut self.events) {
            self.last = Some(told.id);
        }
    }

    /// Comes back with what it knows.
    fn come_back(&mut self, hub: &Hub, names: &[&str]) {
        let subscription = self.last.map_or_else(|| to(names), |id| after(&id, names));
        self.events = BufReader::new(hub.stream(Framing::Raw, subscription));
    }
}

#[test]
fn a_stream_begins_with_its_position_and_then_what_it_has_missed() {
    let hub = Hub::start(&[]);
    let start = hub.position();
    let mut first = hub.stream(Framing::Raw, to(&["a"]));
    assert_says(&mut first, &format!(":\n{}", position(start)));
    let began = Subscription::now();
    let [one, two] = ["one", "two"].map(|data| hub.publish(&["a"], data));
    let mut since = hub.stream(Framing::Raw, Subscription { began, ..to(&["a"]) });
    let missed = frame(one, "one") + &frame(two, "two");
    assert_says(&mut since, &format!(":\n{}{missed}", position(one.previous())));
    let mut back = hub.stream(Framing::Raw, after(&one, &["a"]));
    assert_says(&mut back, &format!(":\n{}", frame(two, "two")));
    let untold = Subscription { position_sent: false, ..after(&one, &["a"]) };
    let mut untold = hub.stream(Framing::Raw, untold);
    assert_says(&mut untold, &format!(":\n{}{}", position(one), frame(two, "two")));
}

#[test]
fn the_first_event_of_a_topic_comes_to_who_was_away_meanwhile() {
    let hub = Hub::start(&["--shards", "2"]);
    let mut clients: Vec<_> = (0..4).map(|_| Visitor::new(&hub, to(&["quiet"]))).collect();
    hub.publish(&["other"], "x");
    for client in &mut clients {
        client.events = BufReader::new(away());
    }
    hub.wait_for("streams", 0);
    hub.upgrade();
    let id = hub.publish(&["quiet"], "first");
    for client in &mut clients {
        client.come_back(&hub, &["quiet"]);
        let told = client.next_event();
        assert_eq!((told.id, &*told.event, &*told.data), (id, "", "first"));
    }
}

/// A connection to nobody.
fn away() -> UnixStream {
    UnixStream::pair().unwrap().0
}

#[test]
fn every_goodbye_tells_what_its_client_does_not_know_yet() {
    let hub = Hub::start(&[]);
    let start = position(hub.position());
    let lifetime = Subscription { lifetime: 300, retry: 700, ..to(&["quiet"]) };
    let mut short = hub.stream(Framing::Raw, lifetime);
    let mut quiet = hub.stream(Framing::Raw, to(&["quiet"]));
    let mut busy = hub.stream(Framing::Raw, to(&["busy"]));
    hub.wait_for("streams", 3);
    let first = hub.publish(&["busy"], "x");
    assert_says_last(&mut short, &format!(":\n{start}{}", position(first)));
    let last = hub.publish(&["busy"], "y");
    hub.wait_for("delivered", 2);
    hub.upgrade();
    hub.signal(Signal::CONT);
    assert_eq!(hub.ask(&Request::Stop), Reply::Stopping);
    let mut said = String::new();
    quiet.read_to_string(&mut said).unwrap();
    let (before, retry) = said.split_once("retry: ").unwrap();
    assert_eq!(before, format!(":\n{start}"));
    let told = retry.split_once('\n').unwrap().1;
    assert_eq!(told, position(last), "with the reconnection time, in one event");
    let mut said = String::new();
    busy.read_to_string(&mut said).unwrap();
    let (before, retry) = said.split_once("retry: ").unwrap();
    let events = frame(first, "x") + &frame(last, "y");
    assert_eq!(before, format!(":\n{start}{events}"));
    assert_eq!(retry.split_once('\n').unwrap().1, "", "it knows");
}

#[test]
fn a_worker_that_serves_a_stream_itself_is_told_its_positions() {
    let hub = Hub::start(&["--backlog-bytes", "20000"]);
    let start = hub.position();
    let mut worker = hub.connect();
    let request = Request::Subscribe(to(&["quiet"]));
    assert_eq!(worker.call(&request, None, soon()).unwrap(), Reply::Subscribed);
    let told = next_delivery(&mut worker);
    assert_eq!((told.id, told.topics.len(), &told.data[..]), (start, 0, &b"{}"[..]));
    assert_eq!(told.event.unwrap().as_str(), "sse:position");
    let ids: Vec<EventId> = (0..50).map(|_| hub.publish(&["busy"], &"x".repeat(200))).collect();
    let told = next_delivery(&mut worker);
    assert!(ids.contains(&told.id) && told.event.unwrap().as_str() == "sse:position");
}

/// A hub that keeps little, and asks nobody.
const FORGETFUL: [&str; 6] =
    ["--backlog-events", "5", "--backlog-bytes", "40000", "--backlog-age", "3600"];

#[test]
fn a_position_is_told_again_before_it_ages_and_seldom() {
    const STREAMS: usize = 20;
    const EVENTS: usize = 400;
    let hub = Hub::start(&FORGETFUL);
    let mut clients: Vec<_> = (0..STREAMS).map(|_| Visitor::new(&hub, to(&["quiet"]))).collect();
    hub.wait_for("streams", STREAMS as u64);
    let mut publisher = hub.connect();
    for number in 0..EVENTS {
        if number % 150 == 149 {
            hub.upgrade();
        }
        let event = support::publish(&["busy"], &"x".repeat(200));
        publisher.call(&event, None, soon()).unwrap();
    }
    let kept = hub.status()["backlog"]["events"].as_u64().unwrap();
    assert!(kept < 50, "the events went round many times: {kept} are kept");
    let id = hub.publish(&["quiet"], "x");
    for client in &mut clients {
        let mut told = 0;
        while client.next().is_position() {
            told += 1;
        }
        assert_eq!(client.last, Some(id));
        assert!((8..200).contains(&told), "told {told} times in {EVENTS} events");
    }
}

#[test]
fn a_position_is_sent_instead_of_a_heartbeat() {
    // An event of the topic that nobody follows is an eighth of what is kept, in time.
    let hub = Hub::start(&["--backlog-age", "4"]);
    let beating = Subscription { heartbeat: 700, ..to(&["quiet"]) };
    let mut client = hub.stream(Framing::Raw, beating);
    assert_says(&mut client, &format!(":\n{}", position(hub.position())));
    std::thread::sleep(Duration::from_millis(550));
    let id = hub.publish(&["other"], "x");
    assert_says(&mut client, &position(id));
    assert_says(&mut client, ":\n:\n");
}

#[test]
fn an_upgraded_hub_tells_nobody_what_it_was_told_before() {
    let hub = Hub::start(&[]);
    let start = position(hub.position());
    let lifetime = Subscription { lifetime: 1500, ..to(&["quiet"]) };
    let mut client = hub.stream(Framing::Raw, lifetime);
    assert_says(&mut client, &format!(":\n{start}"));
    hub.upgrade();
    hub.upgrade();
    assert_says_last(&mut client, "");
}

#[test]
fn what_came_before_an_upgrade_is_told_after_it() {
    let hub = Hub::start(&[]);
    let start = position(hub.position());
    let mut client = hub.stream(Framing::Raw, Subscription { lifetime: 1500, ..to(&["quiet"]) });
    assert_says(&mut client, &format!(":\n{start}"));
    let id = hub.publish(&["other"], "x");
    hub.upgrade();
    assert_says_last(&mut client, &position(id));
}

#[test]
fn who_has_missed_nothing_on_a_quiet_topic_is_not_told_reset() {
    let hub = Hub::start(&FORGETFUL);
    let mut client = Visitor::new(&hub, to(&["quiet", "still"]));
    for _ in 0..300 {
        hub.publish(&["busy"], &"x".repeat(200));
    }
    client.events = BufReader::new(away());
    let id = hub.publish(&["still"], "first");
    client.come_back(&hub, &["quiet", "still"]);
    let told = client.next_event();
    assert_eq!((told.id, &*told.data), (id, "first"));
}

#[test]
fn who_comes_back_to_another_hub_is_told_reset_even_if_it_has_had_no_event() {
    let hub = Hub::start(&[]);
    let mut client = Visitor::new(&hub, to(&["quiet"]));
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.wait(), &[]);
    client.come_back(&hub, &["quiet"]);
    assert!(client.next().is_reset());
    let id = hub.publish(&["quiet"], "x");
    assert_eq!(client.next().id, id);
}

#[test]
fn who_came_before_the_hub_that_was_killed_had_the_event_is_told_reset() {
    let hub = Hub::start(&[]);
    let before = Subscription::now();
    hub.publish(&["a"], "lost with the hub");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.wait(), &[]);
    let early = Subscription { began: before, ..to(&["a"]) };
    let mut early = BufReader::new(hub.stream(Framing::Raw, early));
    assert!(Told::next(&mut early).unwrap().is_reset());
    let began = Subscription::now();
    let late = Subscription { began, ..to(&["a"]) };
    assert!(Told::next(&mut BufReader::new(hub.stream(Framing::Raw, late))).unwrap().is_position());
}

#[test]
fn who_was_dropped_for_its_slowness_comes_back_for_the_rest() {
    let hub = Hub::start(&["--backlog-events", "10000"]);
    let mut client = Visitor::new(&hub, Subscription { write_timeout: 200, ..to(&["a"]) });
    let data = "x".repeat(10_000);
    let ids: Vec<EventId> = (0..100).map(|_| hub.publish(&["a"], &data)).collect();
    hub.wait_for("streams", 0);
    client.leave_at_the_end();
    let has_had = ids.iter().filter(|id| Some(**id) <= client.last).count();
    assert!(has_had < ids.len());
    client.come_back(&hub, &["a"]);
    for id in &ids[has_had..] {
        assert_eq!(client.next_event().id, *id);
    }
}
