//! What the hub decides: which id an event gets, what a stream has missed, who may have one more.
//!
//! The invariant: everything goes through here in one order, so every stream sees events in the order of
//! their ids.

use std::{
    collections::HashMap,
    io,
    os::fd::OwnedFd,
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::unbounded;
use event_stream::FIRST_BYTES;
use hub_protocol::{EventId, Publication, Refusal, Reply, Subscription};
use redis_log::{AppendError, Entry, News};
use serde::{Deserialize, Serialize};

use crate::{
    backlog::{Backlog, Missed},
    config::Config,
    counters::Counters,
    event::Event,
    framing::{self, Output},
    leases::{Lease, Leases},
    log::{Log, Shared, Ticket},
    shard::{Command, Queue, Shard, Stream, Timing},
};

/// How much news is taken in before others have their turn.
const NEWS_AT_ONCE: usize = 64;

/// From where a stream goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cursor {
    /// Not known yet, as it is not known where the log of events stands.
    Unknown,
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
    pub(crate) log: Log,
    pub(crate) backlog: Backlog,
    pub(crate) leases: Leases,
    pub(crate) counters: Arc<Counters>,
    pub(crate) shards: Vec<Shard>,
    next_shard: usize,
    /// Streams that have come before it was known where Redis stands.
    early: Vec<Joining>,
    /// Streams that Redis is asked for, by number.
    waiting: HashMap<u64, Waiting>,
    asked: u64,
}

/// A stream that waits for what it has missed.
#[derive(Debug)]
struct Waiting {
    joining: Joining,
    /// Up to where Redis is asked.
    up_to: EventId,
}

impl Core {
    /// A hub without streams.
    ///
    /// # Errors
    ///
    /// When its threads cannot be started.
    pub(crate) fn new(
        config: &Config,
        log: Log,
        backlog: Backlog,
        leases: Leases,
    ) -> io::Result<Self> {
        let counters = Arc::new(Counters::default());
        let shards =
            (0..config.shards.max(1)).map(|_| Shard::start(config.queue, Arc::clone(&counters)));
        Ok(Self {
            backlog,
            log,
            leases,
            shards: shards.collect::<io::Result<_>>()?,
            counters,
            next_shard: 0,
            early: Vec::new(),
            waiting: HashMap::new(),
            asked: 0,
        })
    }

    /// Gives an event its id, and sends it to everyone who follows one of its topics. `None` when the answer
    /// comes with the news.
    pub(crate) fn publish(
        &mut self,
        publication: Publication,
        publisher: u64,
        now: Instant,
    ) -> Option<Reply> {
        match &mut self.log {
            Log::Alone(ids) => {
                let id = ids.next();
                self.arrive(id, publication, now);
                Some(Reply::Published(id))
            }
            Log::Shared(shared) => {
                let refused = shared.append(publication, publisher).err();
                refused.map(|error| unavailable(&error))
            }
        }
    }

    /// Takes in some of what Redis has to say. What is left is for those who have published.
    pub(crate) fn hear(&mut self, now: Instant) -> Vec<(u64, Reply)> {
        let mut answers = Vec::new();
        if let Log::Shared(shared) = &self.log {
            shared.quieten();
        }
        for _ in 0..NEWS_AT_ONCE {
            let Log::Shared(shared) = &mut self.log else { return answers };
            match shared.next() {
                None => return answers,
                Some(News::Arrived(entries)) => {
                    for Entry { id, publication } in entries {
                        self.arrive(id, publication, now);
                    }
                }
                Some(News::Began(page)) => {
                    self.backlog.begin(page);
                    self.reset(now);
                    self.join_early(now);
                }
                Some(News::Lost(position)) => {
                    self.backlog.begin_anew(position, now);
                    self.reset(now);
                }
                Some(News::Appended { ticket: Ticket::Publisher(publisher), result }) => {
                    let reply = result.map_or_else(|error| unavailable(&error), Reply::Published);
                    answers.push((publisher, reply));
                }
                Some(News::Range { ticket: Ticket::Joining(number), entries }) => {
                    if let Some(waiting) = self.waiting.remove(&number) {
                        self.join_waiting(waiting, entries, now);
                    }
                }
                Some(News::Disconnected(_)) => self.join_early(now),
                Some(_) => {}
            }
        }
        // The rest has its turn when others have had theirs.
        if let Log::Shared(shared) = &self.log {
            shared.ring();
        }
        answers
    }

    /// Tells whoever is here that it may have missed events.
    fn reset(&mut self, now: Instant) {
        let reset = Arc::new(Event::reset(self.backlog.newest(), None, now));
        for shard in &self.shards {
            shard.send(Command::Reset(Arc::clone(&reset)));
        }
        // Redis is asked for something that is no more.
        for (_, waiting) in std::mem::take(&mut self.waiting) {
            self.join_lost(waiting.joining, now);
        }
    }

    /// It is known now where Redis stands, or that it cannot be known.
    fn join_early(&mut self, now: Instant) {
        for joining in std::mem::take(&mut self.early) {
            self.join(joining, now);
        }
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
        if !self.backlog.has_begun() {
            return Cursor::Unknown;
        }
        let newest = self.backlog.newest();
        let last_event_id = subscription.last_event_id.clone();
        let after = if let Some(id) = &last_event_id {
            // Another hub may be ahead of this one.
            let is_shared = self.log.shared().is_some();
            id.parse().ok().filter(|id| *id <= newest || is_shared)
        } else {
            let began = now.checked_sub(subscription.age());
            began.map_or(Some(newest), |began| self.backlog.position_at(began))
        };
        after.map_or(Cursor::Lost { position: newest, last_event_id }, Cursor::After)
    }

    /// Lets a stream go live, with what it has missed; at once, or when Redis has told that.
    pub(crate) fn join(&mut self, mut joining: Joining, now: Instant) {
        if joining.cursor == Cursor::Unknown {
            joining.cursor = self.cursor(&joining.subscription, now);
        }
        match joining.cursor {
            Cursor::After(id) => self.join_after(id, joining, now),
            Cursor::Lost { .. } => self.join_lost(joining, now),
            Cursor::Unknown => self.join_blindly(joining, now),
        }
    }

    fn join_after(&mut self, id: EventId, joining: Joining, now: Instant) {
        let (newest, topics) = (self.backlog.newest(), joining.subscription.topics.clone());
        let is_ours = joining.subscription.last_event_id.is_none();
        if id <= newest
            && (is_ours || self.backlog.knows(id))
            && let Missed::Events(events) = self.backlog.since(&topics, id)
        {
            return self.go_live(joining, events, newest);
        }
        let Some(shared) = self.log.shared() else { return self.join_lost(joining, now) };
        let up_to = id.max(newest);
        self.asked += 1;
        shared.range(topics, id, up_to, self.asked);
        self.waiting.insert(self.asked, Waiting { joining, up_to });
    }

    /// Has a stream wait until it is known where Redis stands; not longer than until Redis cannot be reached:
    /// then it goes live, and is told when Redis is back.
    fn join_blindly(&mut self, joining: Joining, now: Instant) {
        if self.log.shared().is_some_and(Shared::is_connecting) {
            self.early.push(joining);
        } else if joining.subscription.last_event_id.is_some() {
            self.join_lost(joining, now);
        } else {
            self.go_live(joining, Vec::new(), self.backlog.newest());
        }
    }

    /// Redis has told what a stream has missed, or that it cannot.
    fn join_waiting(&mut self, waiting: Waiting, entries: Option<Vec<Entry>>, now: Instant) {
        let Waiting { joining, up_to } = waiting;
        let newest = self.backlog.newest();
        // What has arrived since it was asked.
        let later = match self.backlog.since(&joining.subscription.topics, up_to) {
            Missed::Events(later) => Some(later),
            Missed::FallenOut => None,
        };
        let (Some(entries), Some(later)) = (entries, later) else {
            return self.join_lost(joining, now);
        };
        let event = |entry: Entry| Arc::new(Event::new(entry.id, entry.publication, now));
        let events = entries.into_iter().map(event).chain(later).collect();
        self.go_live(joining, events, newest.max(up_to));
    }

    /// Lets a stream go live that is told that it has missed what cannot be known.
    fn join_lost(&mut self, joining: Joining, now: Instant) {
        let newest = self.backlog.newest();
        let (position, last_event_id) = match &joining.cursor {
            Cursor::Unknown | Cursor::After(_) => {
                (newest, joining.subscription.last_event_id.as_deref())
            }
            Cursor::Lost { position, last_event_id } => {
                ((*position).min(newest), last_event_id.as_deref())
            }
        };
        self.counters.resets.add(1);
        let mut events = vec![Arc::new(Event::reset(position, last_event_id, now))];
        if let Missed::Events(later) = self.backlog.since(&joining.subscription.topics, position) {
            events.extend(later);
        }
        self.go_live(joining, events, newest);
    }

    fn go_live(&mut self, joining: Joining, missed: Vec<Arc<Event>>, position: EventId) {
        let topics = joining.subscription.topics.clone();
        let mut stream = stream(joining, Instant::now());
        for event in missed {
            stream.queue.push(event.bytes(stream.output));
        }
        stream.queue.allow_replay();
        stream.position = position;
        stream.topics = Vec::from(topics).into();
        self.counters.accepted.add(1);
        self.add(stream);
    }

    /// Whether somebody waits for an answer of Redis.
    pub(crate) fn is_asking(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes all streams from the shards, which go on without any.
    pub(crate) fn surrender(&self) -> Vec<Stream> {
        let (given, taken) = unbounded();
        for shard in &self.shards {
            shard.send(Command::Surrender(given.clone()));
        }
        drop(given);
        taken.iter().flatten().collect()
    }

    /// Has the shards hold these streams.
    pub(crate) fn hold(&mut self, streams: Vec<Stream>) {
        for stream in streams {
            self.add(stream);
        }
    }

    fn add(&mut self, stream: Stream) {
        let shard = self.next_shard % self.shards.len();
        self.next_shard = shard + 1;
        self.shards[shard].send(Command::Add(Box::new(stream)));
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

fn unavailable(error: &AppendError) -> Reply {
    Reply::Refused { refusal: Refusal::Unavailable, message: error.to_string() }
}

fn stream(joining: Joining, now: Instant) -> Stream {
    let Joining { socket, output, before, subscription, leases, .. } = joining;
    let mut stream = Stream {
        socket,
        output,
        topics: Box::default(),
        position: EventId::ZERO,
        timing: timing(&subscription, output, now),
        lease: leases.map(Box::new),
        queue: Queue::default(),
        ending: false,
        due: None,
        awaits_room: false,
    };
    stream.queue.push(match output {
        Output::Http(framing) => framing::wrap(framing, &[&before, FIRST_BYTES].concat()).into(),
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
