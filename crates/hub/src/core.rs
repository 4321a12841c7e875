//! What the hub decides: which id an event gets, what a stream has missed, who may have one more.
//!
//! The invariant: everything goes through here in one order, so every stream sees events in the order of
//! their ids.

mod joining;

use std::{collections::HashMap, io, sync::Arc, time::Instant};

use crossbeam_channel::unbounded;
use hub_protocol::{EventId, Publication, Refusal, Reply};
use redis_log::{AppendError, Entry, News};

use crate::{
    backlog::Backlog,
    config::Config,
    counters::Counters,
    event::Event,
    leases::Leases,
    log::{Log, Ticket},
    shard::{Command, Retention, Shard, Stream},
};
use joining::Waiting;
pub(crate) use joining::{Cursor, Joining};

/// How much news is taken in before others have their turn.
const NEWS_AT_ONCE: usize = 64;

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
        let retention = retention(config);
        let shard = |_| Shard::start(config.queue, retention, Arc::clone(&counters));
        let shards = (0..config.shards.max(1)).map(shard);
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

    /// An event is there; its id is greater than all before.
    pub(crate) fn arrive(&mut self, id: EventId, publication: Publication, now: Instant) {
        let event = Arc::new(Event::new(id, publication, now));
        self.backlog.push(Arc::clone(&event));
        self.counters.published.add(1);
        for shard in &self.shards {
            shard.send(Command::Deliver(Arc::clone(&event)));
        }
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

    /// Takes what has yet to go live: it waits for Redis.
    pub(crate) fn surrender_waiting(&mut self) -> Vec<Joining> {
        let waiting = self.waiting.drain().map(|(_, waiting)| waiting.joining);
        self.early.drain(..).chain(waiting).collect()
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
    pub(crate) fn end(mut self) {
        for joining in self.surrender_waiting() {
            self.dismiss(joining);
        }
        for shard in &self.shards {
            shard.send(Command::Goodbye);
        }
        for shard in self.shards {
            shard.join();
        }
    }
}

/// How long it can be said what came after a position: by Redis, up to the length of its stream; by this hub
/// alone, of each topic as long as it keeps any event of it.
fn retention(config: &Config) -> Retention {
    let events = config.redis.as_ref().map(|redis| redis.max_length());
    Retention { events, bytes: config.backlog.bytes, age: config.backlog.age }
}

fn unavailable(error: &AppendError) -> Reply {
    Reply::Refused { refusal: Refusal::Unavailable, message: error.to_string() }
}
