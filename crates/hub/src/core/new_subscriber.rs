//! A connection that is to become a subscriber, and its cursor: the id after which it resumes.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_protocol::{Coded, EventId, Framing, Subscription};
use serde::{Deserialize, Serialize};

use crate::leases::Lease;
use crate::output::Output;
use crate::shard::{Compression, KnownPosition, Schedule, Subscriber};
use crate::update::Update;

/// The position at which a subscriber resumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cursor {
    /// Unknown, as long as the newest id of the log is.
    Unknown,
    /// After this id.
    After(EventId),
    /// After this position, but earlier updates may be missing: its client gets a reset.
    Lost { position: EventId, last_event_id: Option<String> },
}

/// A connection that is to become a subscriber.
#[derive(Debug)]
pub(crate) struct NewSubscriber {
    pub(crate) socket: OwnedFd,
    /// `None` if a worker serves it.
    pub(crate) framing: Option<Framing>,
    /// Its content coding, and where its response stands.
    pub(crate) coding: Option<Coded>,
    /// The bytes that have to be sent before anything else.
    pub(crate) before: Vec<u8>,
    pub(crate) subscription: Subscription,
    pub(crate) cursor: Cursor,
    pub(crate) lease: Option<Lease>,
}

impl NewSubscriber {
    /// Makes the subscriber, with its first bytes, and its client's position unless that is known or a reset follows.
    pub(super) fn into_subscriber(self, now: Instant) -> Subscriber {
        let Self { socket, framing, coding, before, subscription, cursor, lease } = self;
        let output = Output::new(framing, coding);
        let (known, needs_position) = match cursor {
            Cursor::After(id) => (id, !subscription.position_sent),
            Cursor::Unknown => (EventId::UNKNOWN, !subscription.position_sent),
            Cursor::Lost { .. } => (EventId::UNKNOWN, false),
        };
        let schedule = schedule(&subscription, output, now);
        let topics = Vec::from(subscription.topics).into();
        let mut subscriber = Subscriber {
            known: KnownPosition::new(known),
            lease: lease.map(Box::new),
            compression: coding.map(|coded| Compression::new(coded.progress)),
            ..Subscriber::new(socket, output, topics, schedule, subscription.heartbeat_text)
        };
        match output {
            Output::Http { .. } => {
                let comment = subscriber.heartbeat_text.heartbeat();
                subscriber.push_comment(&[&before, comment.line()].concat());
            }
            Output::Worker => subscriber.queue.push(before.into()),
        }
        if needs_position {
            subscriber.push_update(&Arc::new(Update::position(known, now)));
        }
        subscriber
    }
}

/// Makes the schedule. A worker that serves a stream itself does its heartbeats and its end.
fn schedule(subscription: &Subscription, output: Output, now: Instant) -> Schedule {
    let some = |milliseconds: u64| {
        let is_wanted = milliseconds > 0 && output != Output::Worker;
        is_wanted.then(|| Duration::from_millis(milliseconds))
    };
    Schedule {
        heartbeat: some(subscription.heartbeat.into()),
        end: some(subscription.lifetime).and_then(|lifetime| now.checked_add(lifetime)),
        write_timeout: some(subscription.write_timeout.into()),
        retry: subscription.retry,
        shutdown_retry: subscription.shutdown_retry,
        last_write: now,
    }
}
