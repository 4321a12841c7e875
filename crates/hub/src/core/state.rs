//! The state of the hub, and the operations on it: publish, drop, drain, restore, end.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::unbounded;
use hub_protocol::{EventId, Publication, Refusal, Reply};
use redis_log::AppendError;

use super::new_subscriber::NewSubscriber;
use super::pending::PendingReplays;
use crate::backlog::Backlog;
use crate::config::Config;
use crate::encoders::EncoderMemory;
use crate::leases::{Lease, Leases};
use crate::log::{Log, SharedLog};
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
    pub(crate) encoders: Arc<EncoderMemory>,
    pub(super) shards: Vec<Shard>,
    next_shard: usize,
    /// Connections that came before the newest id in Redis was known.
    pub(super) awaiting_redis: Vec<NewSubscriber>,
    /// Subscribers that wait for a replay from Redis.
    pub(super) replays: PendingReplays,
}

impl Core {
    /// A hub without subscribers.
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
        let encoders = EncoderMemory::new(config.compression_memory);
        let shard = |_| {
            let (encoders, counters) = (Arc::clone(&encoders), Arc::clone(&counters));
            Shard::start(config.queue, retention, encoders, counters)
        };
        let shards = (0..config.shards.max(1)).map(shard);
        let waker = Waker::new(log.shared().map(SharedLog::waker));
        Ok(Self {
            backlog,
            log,
            leases,
            shards: shards.collect::<io::Result<_>>()?,
            counters,
            encoders,
            next_shard: 0,
            awaiting_redis: Vec::new(),
            replays: PendingReplays::new(config.replay, waker),
        })
    }

    /// Gives a publication its id, and sends it to all subscribers to one of its topics. `None` if the reply comes
    /// later, from Redis.
    pub(crate) fn publish(
        &mut self,
        publication: Publication,
        publisher: u64,
        now: Instant,
    ) -> Option<Reply> {
        match &mut self.log {
            Log::Local(ids) => {
                let id = ids.next();
                self.deliver(id, publication, now);
                Some(Reply::Published(id))
            }
            Log::Shared(shared) => {
                let refused = shared.append(publication, publisher).err();
                refused.map(|error| unavailable(&error))
            }
        }
    }

    /// Keeps an update, whose id is greater than all before, and sends it to all subscribers to one of its topics.
    pub(super) fn deliver(&mut self, id: EventId, publication: Publication, now: Instant) {
        let update = Arc::new(Update::new(id, publication, now));
        self.backlog.push(&update);
        self.counters.published.add(1);
        for shard in &self.shards {
            shard.deliver(&update);
        }
    }

    /// Sends all clients a reset: they may have missed updates.
    pub(super) fn reset(&mut self, now: Instant) {
        // Their replays ask Redis for what it no longer has.
        self.replays.clear();
        let reset = Arc::new(Update::reset(self.backlog.newest(), None, now));
        for shard in &self.shards {
            shard.send(Command::Reset(Arc::clone(&reset)));
        }
    }

    /// Ends the streams that had these leases.
    pub(crate) fn drop_streams(&self, leases: &BTreeSet<u64>) {
        for shard in &self.shards {
            shard.send(Command::Drop(leases.iter().copied().collect()));
        }
    }

    /// Takes all subscribers from the shards, which go on without any.
    pub(crate) fn drain(&mut self) -> Vec<Subscriber> {
        let (sender, receiver) = unbounded();
        for shard in &self.shards {
            shard.send(Command::Drain(sender.clone()));
        }
        drop(sender);
        let mut subscribers: Vec<Subscriber> = receiver.iter().flatten().collect();
        for subscriber in &mut subscribers {
            if let Some(number) = subscriber.end_replay() {
                subscriber.replay_progress = self.replays.progress(number).map(Box::new);
            }
        }
        self.replays.clear();
        subscribers
    }

    /// Takes the connections that came before the newest id in Redis was known.
    pub(crate) fn drain_awaiting_redis(&mut self) -> Vec<NewSubscriber> {
        std::mem::take(&mut self.awaiting_redis)
    }

    /// Adds subscribers that were drained from shards here, or in the program before.
    pub(crate) fn restore(&mut self, subscribers: Vec<Subscriber>) {
        for mut subscriber in subscribers {
            match subscriber.replay_progress.take() {
                Some(progress) => self.start_replay(subscriber, *progress),
                None => self.add(subscriber),
            }
        }
    }

    pub(super) fn add(&mut self, subscriber: Subscriber) {
        let shard = self.next_shard();
        self.add_to_shard(shard, subscriber);
    }

    /// Returns the index of the shard that gets the next subscriber.
    pub(super) fn next_shard(&mut self) -> usize {
        let shard = self.next_shard % self.shards.len();
        self.next_shard = shard + 1;
        shard
    }

    /// Gives a subscriber to a shard; ends it at once if its lease was dropped meanwhile.
    pub(super) fn add_to_shard(&self, shard: usize, subscriber: Subscriber) {
        let dropped = subscriber.lease.as_deref().filter(|lease| lease.was_dropped());
        let dropped = dropped.map(Lease::number);
        self.shards[shard].send(Command::Add(Box::new(subscriber)));
        if let Some(lease) = dropped {
            self.shards[shard].send(Command::Drop([lease].into()));
        }
    }

    /// The number of subscribers that wait for a replay.
    pub(crate) fn waiting(&self) -> usize {
        self.replays.by_number.len() + self.awaiting_redis.len()
    }

    /// The number of connections that the shards hold.
    pub(crate) fn held(&self) -> u64 {
        self.counters.streams.get() + self.counters.workers.get()
    }

    /// Sends all clients their last bytes, and waits up to 2 s for them to be read.
    pub(crate) fn end(mut self) {
        for new in self.drain_awaiting_redis() {
            self.end_before_live(new);
        }
        for shard in &self.shards {
            shard.send(Command::Goodbye);
        }
        for shard in self.shards {
            shard.join();
        }
    }
}

/// The time for which updates after a position can be replayed: by Redis, up to the length of its stream; by this hub
/// alone, of each topic as long as it keeps any update of it.
fn retention(config: &Config) -> Retention {
    let updates = config.redis.as_ref().map(|redis| redis.max_length());
    Retention { updates, bytes: config.backlog.bytes, age: config.backlog.age }
}

pub(super) fn unavailable(error: &AppendError) -> Reply {
    Reply::Refused { refusal: Refusal::Unavailable, message: error.to_string() }
}
