//! One shard, and its clients.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use content_coding::{Coding, Progress};
use crossbeam_channel::{Receiver, bounded};
use hub_protocol::{Framing, HeartbeatText, Topic};
use rustix::event::{EventfdFlags, eventfd};

use super::client::Client;
use crate::encoders::EncoderMemory;
use crate::output::Output;
use crate::shard::event_loop::EventLoop;
use crate::shard::groups::Groups;
use crate::shard::positions::{PositionTracker, Retention};
use crate::shard::registry::Token;
use crate::shard::{Command, Compression, ReplaySender, Schedule, Subscriber};

const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a stream is opened with.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    /// Those of `a` and `b`, a bit each.
    pub(super) topics: u8,
    pub(super) framing: Framing,
    /// The text of its heartbeats.
    pub(super) text: &'static str,
    /// True if its lifetime ends a minute later.
    pub(super) ends: bool,
}

/// One shard, and its clients.
pub(super) struct Side {
    pub(super) event_loop: EventLoop,
    pub(super) encoders: Arc<EncoderMemory>,
    pub(super) clients: Vec<Client>,
    /// The hub's ends of their connections.
    pub(super) ends: Vec<UnixStream>,
    /// Those that wait for a replay: the core's ends, and what they follow.
    pub(super) waiting: Vec<(u64, ReplaySender, u8)>,
}

/// A new subscriber.
pub(super) fn subscriber(
    opening: &Opening,
    coding: Option<Coding>,
    end: &UnixStream,
    now: Instant,
) -> Subscriber {
    let schedule = Schedule {
        heartbeat: Some(HEARTBEAT),
        end: opening.ends.then(|| now + Duration::from_secs(60)),
        write_timeout: None,
        retry: 0,
        shutdown_retry: 0,
        last_write: now,
    };
    let output = Output::Http { framing: opening.framing, coding };
    let text = HeartbeatText::try_from(Box::from(opening.text)).unwrap();
    let socket = end.as_fd().try_clone_to_owned().unwrap();
    let compression = coding.map(|coding| Compression::new(Progress::start(coding)));
    let subscriber = Subscriber::new(socket, output, topics(opening.topics).into(), schedule, text);
    Subscriber { compression, ..subscriber }
}

/// The topics of these bits.
pub(super) fn topics(of: u8) -> Vec<Topic> {
    let named = [(1, "a"), (2, "b")].into_iter().filter(|(bit, _)| of & bit != 0);
    named.map(|(_, name)| Topic::new(name.as_bytes()).unwrap()).collect()
}

/// A shard without subscribers.
pub(super) fn event_loop(
    retention: Retention,
    encoders: &Arc<EncoderMemory>,
    now: Instant,
) -> EventLoop {
    let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).unwrap());
    let commands: (Receiver<Command>, Receiver<()>) = (bounded(0).1, bounded(0).1);
    let (positions, groups) =
        (PositionTracker::new(retention, now), Groups::new(Arc::clone(encoders)));
    EventLoop::new(waker, commands, usize::MAX, positions, groups, Arc::default()).unwrap()
}

impl Side {
    pub(super) fn new(retention: Retention, memory: usize, now: Instant) -> Self {
        let encoders = EncoderMemory::new(memory);
        Self {
            event_loop: event_loop(retention, &encoders, now),
            encoders,
            clients: Vec::new(),
            ends: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// Adds a subscriber, and returns its token.
    pub(super) fn add(&mut self, subscriber: Subscriber) -> Token {
        let before = self.event_loop.registry.tokens();
        self.event_loop.add(Box::new(subscriber));
        let added = self.event_loop.registry.tokens();
        added.into_iter().find(|token| !before.contains(token)).unwrap()
    }

    /// Sends and reads all, as far as clients read.
    pub(super) fn pump(&mut self, now: Instant) {
        self.event_loop.flush_all(now);
        for client in self.clients.iter_mut().filter(|client| !client.is_stalled) {
            let (event_loop, token) = (&mut self.event_loop, client.token);
            let waits = |event_loop: &mut EventLoop| {
                event_loop.registry.get(token).is_some_and(|it| !it.queue.is_empty())
            };
            let mut turns = 0;
            while client.read() || waits(event_loop) {
                event_loop.flush(token, now);
                turns += 1;
                assert!(turns < 10_000, "{client:?} does not get on");
            }
        }
    }
}
