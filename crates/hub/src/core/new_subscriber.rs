//! A connection that is to become a subscriber, and its cursor: the id after which it resumes.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Subscription};
use serde::{Deserialize, Serialize};

use crate::leases::Lease;
use crate::output::Output;
use crate::shard::{KnownPosition, Schedule, Subscriber};
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
    pub(crate) output: Output,
    /// The bytes that have to be sent before anything else.
    pub(crate) before: Vec<u8>,
    pub(crate) subscription: Subscription,
    pub(crate) cursor: Cursor,
    pub(crate) lease: Option<Lease>,
}

impl NewSubscriber {
    /// Makes the subscriber, with its first bytes, and its client's position unless that is known or a reset follows.
    pub(super) fn into_subscriber(self, now: Instant) -> Subscriber {
        let Self { socket, output, before, subscription, cursor, lease } = self;
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
            ..Subscriber::new(socket, output, topics, schedule, subscription.heartbeat_text)
        };
        match output {
            Output::Http(framing) => {
                let comment = subscriber.heartbeat_text.heartbeat();
                let first = framing.wrap(&[&before, comment.line()].concat());
                subscriber.queue.push_comment(first.into());
            }
            Output::Worker => subscriber.queue.push(before.into()),
        }
        if needs_position {
            subscriber.queue.push(Update::position(known, now).bytes(output));
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
