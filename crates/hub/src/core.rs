//! What the hub decides: which id an event gets, what a stream has missed, who may have one more.
//!
//! The invariant: everything goes through here in one order, so every stream sees events in the order of
//! their ids.

use std::{
    io,
    os::fd::OwnedFd,
    sync::Arc,
    time::{Duration, Instant},
};

use hub_protocol::{EventId, Publication, Subscription};

use crate::{
    backlog::{Backlog, Missed},
    config::Config,
    counters::Counters,
    event::Event,
    framing::{self, Output},
    ids::Ids,
    leases::{Lease, Leases},
    shard::{Command, Queue, Shard, Stream, Timing},
};

/// The first bytes of a stream: a comment, so that the client's `open` fires.
const FIRST: &[u8] = b":\n\n";

/// From where a stream goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// After this event.
    After(EventId),
    /// What it has missed cannot be known: it is told, and goes on after this event.
    Lost { position: EventId, last_event_id: Option<String> },
}

/// A connection that is to become a stream.
#[derive(Debug)]
pub(crate) struct Joining {
    pub(crate) socket: OwnedFd,
    pub(crate) output: Output,
    /// What has to be sent before anything else.
    pub(crate) before: Vec<u8>,
    pub(crate) subscription: Subscription,
    pub(crate) cursor: Cursor,
    pub(crate) leases: Option<Lease>,
}

/// The state of the hub.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) ids: Ids,
    pub(crate) backlog: Backlog,
    pub(crate) leases: Leases,
    pub(crate) counters: Arc<Counters>,
    pub(crate) shards: Vec<Shard>,
    next_shard: usize,
}

impl Core {
    /// A hub without streams.
    ///
    /// # Errors
    ///
    /// When its threads cannot be started.
    pub(crate) fn new(config: &Config, ids: Ids) -> io::Result<Self> {
        let counters = Arc::new(Counters::default());
        let shards =
            (0..config.shards.max(1)).map(|_| Shard::start(config.queue, Arc::clone(&counters)));
        Ok(Self {
            backlog: Backlog::new(config.backlog, ids.last()),
            ids,
            leases: Leases::default(),
            shards: shards.collect::<io::Result<_>>()?,
            counters,
            next_shard: 0,
        })
    }

    /// Gives an event its id, and sends it to everyone who follows one of its topics.
    pub(crate) fn publish(&mut self, publication: Publication, now: Instant) -> EventId {
        let id = self.ids.next();
        self.arrive(id, publication, now);
        id
    }

    /// An event is there; its id is greater than all before.
    pub(crate) fn arrive(&mut self, id: EventId, publication: Publication, now: Instant) {
        let event = Arc::new(Event::new(id, publication, now));
        self.backlog.push(Arc::clone(&event));
        self.counters.published.add(1);
        for shard in &self.shards {
            shard.send(Command::Deliver(Arc::clone(&event)));
        }
    }

    /// From where a stream goes on that asks now. What is published from here on is not missed.
    pub(crate) fn cursor(&self, subscription: &Subscription, now: Instant) -> Cursor {
        let newest = self.backlog.newest();
        let last_event_id = subscription.last_event_id.clone();
        let after = if let Some(id) = &last_event_id {
            id.parse().ok().filter(|id| *id <= newest)
        } else {
            let began = now.checked_sub(subscription.age());
            began.map_or(Some(newest), |began| self.backlog.position_at(began))
        };
        after.map_or(Cursor::Lost { position: newest, last_event_id }, Cursor::After)
    }

    /// Lets a stream go live, with what it has missed.
    pub(crate) fn join(&mut self, joining: Joining, now: Instant) {
        let topics = joining.subscription.topics.clone();
        let (position, missed) = self.missed(&joining, now);
        let mut stream = stream(joining, now);
        for event in missed {
            stream.queue.push(event.bytes(stream.output));
        }
        stream.queue.allow_replay();
        stream.position = position;
        stream.topics = Vec::from(topics).into();
        self.counters.accepted.add(1);
        let shard = self.next_shard % self.shards.len();
        self.next_shard = shard + 1;
        self.shards[shard].send(Command::Add(Box::new(stream)));
    }

    /// What a stream has missed, and where it stands then.
    fn missed(&self, joining: &Joining, now: Instant) -> (EventId, Vec<Arc<Event>>) {
        let newest = self.backlog.newest();
        let topics = &joining.subscription.topics;
        let (position, last_event_id) = match &joining.cursor {
            Cursor::After(id) => match self.backlog.since(topics, *id) {
                Missed::Events(events) => return (newest, events),
                Missed::FallenOut => (newest, joining.subscription.last_event_id.as_deref()),
            },
            Cursor::Lost { position, last_event_id } => (*position, last_event_id.as_deref()),
        };
        self.counters.resets.add(1);
        let mut events = vec![Arc::new(Event::reset(position, last_event_id, now))];
        if let Missed::Events(later) = self.backlog.since(topics, position) {
            events.extend(later);
        }
        (newest, events)
    }

    /// How many connections are held.
    pub(crate) fn held(&self) -> u64 {
        self.counters.streams.get() + self.counters.workers.get()
    }

    /// Tells every stream goodbye, and waits until all have taken it, or a little while.
    pub(crate) fn end(self) {
        for shard in &self.shards {
            shard.send(Command::Goodbye);
        }
        for shard in self.shards {
            shard.join();
        }
    }
}

fn stream(joining: Joining, now: Instant) -> Stream {
    let Joining { socket, output, before, subscription, leases, .. } = joining;
    let mut stream = Stream {
        socket,
        output,
        topics: Box::default(),
        position: EventId::ZERO,
        timing: timing(&subscription, output, now),
        _lease: leases.map(Box::new),
        queue: Queue::default(),
        ending: false,
        due: None,
        awaits_room: false,
    };
    stream.queue.push(match output {
        Output::Http(framing) => framing::wrap(framing, &[&before, FIRST].concat()).into(),
        Output::Worker => before.into(),
    });
    stream
}

/// A worker that serves a stream itself sees to its heartbeats and to its end.
fn timing(subscription: &Subscription, output: Output, now: Instant) -> Timing {
    let some = |milliseconds: u64| {
        let wanted = milliseconds > 0 && output != Output::Worker;
        wanted.then(|| Duration::from_millis(milliseconds))
    };
    Timing {
        heartbeat: some(subscription.heartbeat.into()),
        end: some(subscription.lifetime).and_then(|lifetime| now.checked_add(lifetime)),
        write_timeout: some(subscription.write_timeout.into()),
        goodbye: subscription.goodbye,
        last_write: now,
    }
}
