//! Quiet topics in a storm: clients are cut at random while their hub is upgraded, and forgets within a second
//! what it keeps. Each gets every event of its topic since it was told where it is, once and in order, or is
//! told reset.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{ErrorKind, Read};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::{Duration, Instant};

use event_stream::{ParsedEvent, Parser};
use hub_protocol::{EventId, Framing, Reply};

use support::{Hub, after, publish, soon, to};

/// Each on a topic of its own.
const CLIENTS: usize = 24;

/// With each event of a quiet topic come so many of the busy one.
const BUSY: usize = 10;

const EVENTS: usize = 250;

/// So that what is kept goes round within a second, and a position has to be told again.
const OPTIONS: [&str; 4] = ["--backlog-bytes", "2000000", "--shards", "2"];

/// The longest times that a client is there, and is away.
const STAY: u64 = 60;
const AWAY: u64 = 30;

/// The events that a client has had since it knew its position.
struct Spell {
    start: EventId,
    ids: Vec<EventId>,
}

struct Client {
    topic: String,
    last: Option<EventId>,
    spells: Vec<Spell>,
    /// True if it takes its position from all that it is told; else from events alone, as if there were nothing else.
    minds_positions: bool,
    has_ended: bool,
    random: u64,
}

impl Client {
    fn new(number: usize, minds_positions: bool) -> Self {
        let (topic, random) = (format!("quiet-{number}"), number as u64 + 1);
        Self { topic, last: None, spells: Vec::new(), minds_positions, has_ended: false, random }
    }

    fn up_to(&mut self, milliseconds: u64) -> Duration {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        Duration::from_millis(self.random % milliseconds)
    }

    /// Comes and goes until the last event of its topic.
    fn run(mut self, hub: &Hub, over: &AtomicBool) -> Self {
        while !self.has_ended {
            self.visit(hub, over);
            thread::sleep(self.up_to(AWAY));
        }
        self
    }

    /// Is there for a while; at the end, until the last event.
    fn visit(&mut self, hub: &Hub, over: &AtomicBool) {
        let names = [&*self.topic];
        let subscription = self.last.map_or_else(|| to(&names), |id| after(&id, &names));
        let mut stream = hub.stream(Framing::Raw, subscription);
        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let (mut parser, mut buffer) = (Parser::new(), [0; 4096]);
        let until = Instant::now() + self.up_to(STAY);
        let deadline = soon();
        while !self.has_ended && (over.load(SeqCst) || Instant::now() < until) {
            assert!(Instant::now() < deadline, "{} waits in vain", self.topic);
            match stream.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => parser.feed(&buffer[..length], |event| self.take(&event)).unwrap(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn take(&mut self, event: &ParsedEvent) {
        let id: EventId = event.id.as_deref().unwrap().parse().unwrap();
        let is_position = event.event.as_deref() == Some("sse:position");
        let is_reset = event.event.as_deref() == Some("reset");
        if is_reset || self.spells.is_empty() {
            self.spells.push(Spell { start: id, ids: Vec::new() });
        }
        if !is_position && !is_reset {
            self.spells.last_mut().unwrap().ids.push(id);
            self.has_ended = event.data == "end";
        }
        if !is_position || self.minds_positions {
            self.last = Some(id);
        }
    }

    /// True if it has everything that it was not told it misses.
    fn is_complete(&self, published: &[EventId]) -> bool {
        let (last, before) = self.spells.split_last().unwrap();
        let due = |spell: &Spell| {
            let first = published.partition_point(|id| *id <= spell.start);
            published[first..].to_vec()
        };
        before.iter().all(|spell| due(spell).starts_with(&spell.ids)) && due(last) == last.ids
    }
}

/// Has clients come and go: how many have lost something in silence, and how many resets there were.
fn storm(minds_positions: bool) -> (usize, usize) {
    let hub = Hub::start(&OPTIONS);
    let (over, count) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (clients, published) = thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|number| {
            let (client, hub, over) = (Client::new(number, minds_positions), &hub, &over);
            scope.spawn(move || client.run(hub, over))
        });
        let clients: Vec<_> = clients.collect();
        let publishing = scope.spawn(|| publish_all(&hub, &count));
        for upgrade in 1..5 {
            while count.load(SeqCst) < upgrade * EVENTS / 5 {
                thread::sleep(Duration::from_millis(1));
            }
            hub.upgrade();
        }
        let ids = publishing.join().unwrap();
        over.store(true, SeqCst);
        let clients: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
        (clients, ids)
    });
    let lost = clients.iter().zip(&published).filter(|(client, ids)| !client.is_complete(ids));
    let resets = clients.iter().map(|client| client.spells.len() - 1).sum();
    (lost.count(), resets)
}

/// Publishes under all topics by turns; the ids of each quiet one.
fn publish_all(hub: &Hub, count: &AtomicUsize) -> Vec<Vec<EventId>> {
    let mut connection = hub.connect();
    let mut publish = |topic: &str, data: &str| match connection
        .call(&publish(&[topic], data), None, soon())
        .unwrap()
    {
        Reply::Published(id) => id,
        other => panic!("{other:?}"),
    };
    let mut published = vec![Vec::new(); CLIENTS];
    let busy = "x".repeat(1000);
    for number in 0..EVENTS {
        for _ in 0..BUSY {
            publish("busy", &busy);
        }
        published[number % CLIENTS].push(publish(&format!("quiet-{}", number % CLIENTS), "x"));
        count.store(number + 1, SeqCst);
        thread::sleep(Duration::from_millis(8));
    }
    for (number, ids) in published.iter_mut().enumerate() {
        ids.push(publish(&format!("quiet-{number}"), "end"));
    }
    published
}

#[test]
fn nothing_on_quiet_topics_is_lost_in_silence_in_a_storm_of_cuts_and_upgrades() {
    let (lost, resets) = storm(true);
    // On a machine that leaves a client away for as long as anything is kept, it is told so.
    assert!(lost == 0 && resets < CLIENTS, "{lost} have lost something, {resets} resets");
}

#[test]
fn a_client_that_knows_where_it_is_by_events_alone_is_found_out() {
    let (lost, _) = storm(false);
    assert!(lost > 2, "{lost}");
}
