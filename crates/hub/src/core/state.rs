//! The state of the hub, and what everything goes through.

use std::{collections::BTreeSet, io, sync::Arc, time::Instant};

use crossbeam_channel::unbounded;
use hub_protocol::{EventId, Publication, Refusal, Reply};
use redis_log::AppendError;

use super::{new_subscriber::NewSubscriber, pending::PendingReplays};
use crate::backlog::Backlog;
use crate::config::Config;
use crate::leases::{Lease, Leases};
use crate::log::{Log, Shared};
use crate::metrics::counters::Counters;
use crate::shard::{Command, Retention, Shard, Subscriber, Waker};
use crate::update::Update;

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
    pub(super) early: Vec<NewSubscriber>,
    /// Streams that Redis is asked for.
    pub(super) replays: PendingReplays,
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
        let bell = Waker::new(log.shared().map(Shared::waker));
        Ok(Self {
            backlog,
            log,
            leases,
            shards: shards.collect::<io::Result<_>>()?,
            counters,
            next_shard: 0,
            early: Vec::new(),
            replays: PendingReplays::new(config.replay, bell),
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
            Log::Local(ids) => {
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

    /// Tells whoever is here that it may have missed events.
    pub(super) fn reset(&mut self, now: Instant) {
        // Redis is asked for something that is no more.
        self.replays.clear();
        let reset = Arc::new(Update::reset(self.backlog.newest(), None, now));
        for shard in &self.shards {
            shard.send(Command::Reset(Arc::clone(&reset)));
        }
    }

    /// An event is there; its id is greater than all before.
    pub(crate) fn arrive(&mut self, id: EventId, publication: Publication, now: Instant) {
        let event = Arc::new(Update::new(id, publication, now));
        self.backlog.push(&event);
        self.counters.published.add(1);
        for shard in &self.shards {
            shard.deliver(&event);
        }
    }

    /// Ends the streams that had these places.
    pub(crate) fn drop_streams(&self, leases: &BTreeSet<u64>) {
        for shard in &self.shards {
            shard.send(Command::Drop(leases.iter().copied().collect()));
        }
    }

    /// Takes all streams from the shards, which go on without any.
    pub(crate) fn drain(&mut self) -> Vec<Subscriber> {
        let (given, taken) = unbounded();
        for shard in &self.shards {
            shard.send(Command::Drain(given.clone()));
        }
        drop(given);
        let mut streams: Vec<Subscriber> = taken.iter().flatten().collect();
        for stream in &mut streams {
            if let Some(number) = stream.stop_waiting() {
                stream.replay_progress = self.replays.missing(number).map(Box::new);
            }
        }
        self.replays.clear();
        streams
    }

    /// Takes what has come before it was known where Redis stands.
    pub(crate) fn drain_awaiting_redis(&mut self) -> Vec<NewSubscriber> {
        std::mem::take(&mut self.early)
    }

    /// Has the shards hold these streams.
    pub(crate) fn restore(&mut self, streams: Vec<Subscriber>) {
        for mut stream in streams {
            match stream.replay_progress.take() {
                Some(missing) => self.catch_up(stream, *missing),
                None => self.add(stream),
            }
        }
    }

    pub(super) fn add(&mut self, stream: Subscriber) {
        let shard = self.next_shard();
        self.add_to_shard(shard, stream);
    }

    pub(super) fn next_shard(&mut self) -> usize {
        let shard = self.next_shard % self.shards.len();
        self.next_shard = shard + 1;
        shard
    }

    /// Has a shard hold a stream; one whose place was given to another meanwhile ends at once.
    pub(super) fn add_to_shard(&self, shard: usize, stream: Subscriber) {
        let dropped = stream.lease.as_deref().filter(|lease| lease.was_dropped());
        let dropped = dropped.map(Lease::number);
        self.shards[shard].send(Command::Add(Box::new(stream)));
        if let Some(lease) = dropped {
            self.shards[shard].send(Command::Drop([lease].into()));
        }
    }

    /// How many streams wait for what they have missed.
    pub(crate) fn waiting(&self) -> usize {
        self.replays.waiting.len() + self.early.len()
    }

    /// How many connections are held.
    pub(crate) fn held(&self) -> u64 {
        self.counters.streams.get() + self.counters.workers.get()
    }

    /// Tells every stream goodbye, and waits until all have taken it, or a little while.
    pub(crate) fn end(mut self) {
        for joining in self.drain_awaiting_redis() {
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

pub(super) fn unavailable(error: &AppendError) -> Reply {
    Reply::Refused { refusal: Refusal::Unavailable, message: error.to_string() }
}
