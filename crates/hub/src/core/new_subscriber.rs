//! A connection that is to become a subscriber, and from where it goes on.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Subscription};
use serde::{Deserialize, Serialize};

use crate::leases::Lease;
use crate::output::Output;
use crate::shard::{KnownPosition, Schedule, Subscriber};
use crate::update::Update;

/// From where a subscriber goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Cursor {
    /// Not known yet, as the newest id of the log is not.
    Unknown,
    /// After this id.
    After(EventId),
    /// After this position, but it cannot be known what it has missed before that: its client is told so.
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
    /// The subscriber, with its first bytes: its client's position, unless that knows it or is about to be told.
    pub(super) fn into_subscriber(self, now: Instant) -> Subscriber {
        let Self { socket, output, before, subscription, cursor, lease } = self;
        let (known, is_untold) = match cursor {
            Cursor::After(id) => (id, !subscription.told),
            Cursor::Unknown => (EventId::NOWHERE, !subscription.told),
            Cursor::Lost { .. } => (EventId::NOWHERE, false),
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
        if is_untold {
            subscriber.queue.push(Update::position(known, now).bytes(output));
        }
        subscriber
    }
}

/// When something is due. A worker that serves a stream itself sees to its heartbeats and to its end.
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
        shutdown_retry: subscription.goodbye,
        last_write: now,
    }
}
