//! A connection that is to become a stream, and from where that goes on.

use std::{
    os::fd::OwnedFd,
    time::{Duration, Instant},
};

use hub_protocol::{EventId, Subscription};
use serde::{Deserialize, Serialize};

use crate::{
    framing::{self, Output},
    leases::Lease,
    shard::{KnownPosition, Queue, Schedule, Subscriber},
    update::Update,
};

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
pub(crate) struct NewSubscriber {
    pub(crate) socket: OwnedFd,
    pub(crate) output: Output,
    /// What has to be sent before anything else.
    pub(crate) before: Vec<u8>,
    pub(crate) subscription: Subscription,
    pub(crate) cursor: Cursor,
    pub(crate) lease: Option<Lease>,
}

/// A stream with its first bytes: where its client is, unless it knows that or is about to be told.
pub(super) fn stream(joining: NewSubscriber, now: Instant) -> Subscriber {
    let NewSubscriber { socket, output, before, subscription, cursor, lease } = joining;
    let (known, is_news) = match cursor {
        Cursor::After(id) => (id, !subscription.told),
        Cursor::Unknown => (EventId::NOWHERE, !subscription.told),
        Cursor::Lost { .. } => (EventId::NOWHERE, false),
    };
    let mut stream = Subscriber {
        socket,
        output,
        known: KnownPosition::new(known),
        schedule: schedule(&subscription, output, now),
        topics: Vec::from(subscription.topics).into(),
        position: EventId::ZERO,
        heartbeat_text: subscription.heartbeat_text,
        lease: lease.map(Box::new),
        queue: Queue::default(),
        replay_receiver: None,
        replay_progress: None,
        is_ending: false,
        timer: None,
        awaits_writable: false,
    };
    match output {
        Output::Http(framing) => {
            let comment = stream.heartbeat_text.heartbeat();
            let first = framing::wrap(framing, &[&before, comment.line()].concat());
            stream.queue.push_comment(first.into());
        }
        Output::Worker => stream.queue.push(before.into()),
    }
    if is_news {
        stream.queue.push(Update::position(known, now).bytes(output));
    }
    stream
}

/// A worker that serves a stream itself sees to its heartbeats and to its end.
fn schedule(subscription: &Subscription, output: Output, now: Instant) -> Schedule {
    let some = |milliseconds: u64| {
        let wanted = milliseconds > 0 && output != Output::Worker;
        wanted.then(|| Duration::from_millis(milliseconds))
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
