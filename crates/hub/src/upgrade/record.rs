//! What is passed on, as messages. A change to any of them is a change of the protocol's version.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use hub_protocol::{
    EventId, EventName, Framing, HeartbeatText, Publication, Response, Subscription, Topic, Topics,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::core::{Cursor, NewSubscriber};
use crate::leases::{Lease, Leases};
use crate::output::Output;
use crate::shard::{KnownPosition, ReplayProgress, Schedule, Subscriber};

/// One thing that is passed on.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record {
    /// The socket that is listened on: the descriptor with it.
    Listener,
    /// The file whose lock makes a hub the only one: the descriptor with it.
    Lock,
    /// Where the backlog stands.
    Backlog {
        /// The newest id there has been.
        newest: EventId,
        /// Since when every event has passed there, if it was known where the log of events stands.
        began: Option<EventId>,
        /// Of a topic without a floor of its own, nothing after this was lost.
        floor: EventId,
        /// How long ago the last event arrived that is not kept any more.
        evicted: Option<Duration>,
    },
    /// Of this topic, nothing after this id was lost.
    Floor(Topic, EventId),
    /// An event of the backlog, and how long ago it arrived.
    Event(EventId, Kept, Duration),
    /// Some of what streams have to send, which name it by its number.
    Piece(#[serde(with = "serde_bytes")] Vec<u8>),
    /// A stream: the descriptor with it.
    Stream(StreamRecord),
    /// A stream that has come before it was known where Redis stands: the descriptor with it.
    Joining(JoiningRecord),
    /// A connection to the control socket: the descriptor with it.
    Connection(ConnectionRecord),
    /// What the connection before has offered: the descriptor with it.
    Accepted(Subscription, Response, Cursor),
    /// A descriptor that has come with a message of the connection before, which is not yet complete.
    Loose,
    /// That was all.
    End,
}

/// What an event says. One that stands for another that was too large is of a type of the hub's own, which
/// nobody may publish.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    topics: Topics,
    event: Option<EventName>,
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
}

impl From<Publication> for Kept {
    fn from(publication: Publication) -> Self {
        let Publication { topics, event, data } = publication;
        Self { topics, event, data }
    }
}

impl From<Kept> for Publication {
    fn from(kept: Kept) -> Self {
        let Kept { topics, event, data } = kept;
        Self { topics, event, data }
    }
}

impl Record {
    pub(super) fn has_descriptor(&self) -> bool {
        !matches!(
            self,
            Self::Backlog { .. } | Self::Floor(..) | Self::Event(..) | Self::Piece(_) | Self::End
        )
    }
}

/// A stream.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StreamRecord {
    /// `None` if a worker serves it.
    pub(super) framing: Option<Framing>,
    pub(super) topics: Vec<Topic>,
    pub(super) position: EventId,
    /// Where its client knows that it is.
    pub(super) known: KnownPosition,
    pub(super) heartbeat: Option<Duration>,
    pub(super) heartbeat_text: HeartbeatText,
    /// How long it may still live.
    pub(super) left: Option<Duration>,
    pub(super) write_timeout: Option<Duration>,
    pub(super) retry: u32,
    pub(super) shutdown_retry: u32,
    /// How long it has been silent.
    pub(super) silent: Duration,
    /// Its place under limits.
    pub(super) lease: Option<LeaseRecord>,
    /// The numbers of what waits to be sent.
    pub(super) pieces: Vec<u32>,
    /// How much of the first was sent.
    pub(super) sent: usize,
    pub(super) ends_in_comment: bool,
    pub(super) ending: bool,
    /// What it has missed, if it waits for that.
    pub(super) missing: Option<ReplayProgress>,
}

impl StreamRecord {
    pub(super) fn new(stream: &Subscriber, pieces: Vec<u32>, now: Instant) -> Self {
        let Schedule { heartbeat, end, write_timeout, retry, shutdown_retry, last_write } =
            stream.schedule;
        Self {
            framing: framing(stream.output),
            topics: stream.topics.to_vec(),
            position: stream.position,
            known: stream.known,
            heartbeat,
            heartbeat_text: stream.heartbeat_text.clone(),
            left: end.map(|end| end.saturating_duration_since(now)),
            write_timeout,
            retry,
            shutdown_retry,
            silent: now.saturating_duration_since(last_write),
            lease: stream.lease.as_deref().map(LeaseRecord::new),
            pieces,
            sent: stream.queue.sent(),
            ends_in_comment: stream.queue.ends_in_comment(),
            ending: stream.is_ending,
            missing: stream.replay_progress.as_deref().cloned(),
        }
    }

    pub(super) fn output(&self) -> Output {
        output(self.framing)
    }

    pub(super) fn schedule(&self, now: Instant) -> Schedule {
        Schedule {
            heartbeat: self.heartbeat,
            end: self.left.and_then(|left| now.checked_add(left)),
            write_timeout: self.write_timeout,
            retry: self.retry,
            shutdown_retry: self.shutdown_retry,
            last_write: now.checked_sub(self.silent).unwrap_or(now),
        }
    }
}

/// A stream that has come before it was known where Redis stands.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JoiningRecord {
    /// `None` if a worker serves it.
    pub(super) framing: Option<Framing>,
    /// What has to be sent before anything else.
    #[serde(with = "serde_bytes")]
    pub(super) before: Vec<u8>,
    pub(super) subscription: Subscription,
    pub(super) cursor: Cursor,
    /// Its place under limits.
    pub(super) lease: Option<LeaseRecord>,
}

impl JoiningRecord {
    pub(super) fn new(joining: &NewSubscriber) -> Self {
        Self {
            framing: framing(joining.output),
            before: joining.before.clone(),
            subscription: joining.subscription.clone(),
            cursor: joining.cursor.clone(),
            lease: joining.lease.as_ref().map(LeaseRecord::new),
        }
    }

    pub(super) fn join(self, socket: OwnedFd, leases: &Leases) -> NewSubscriber {
        let Self { framing, before, subscription, cursor, lease } = self;
        let (output, lease) = (output(framing), lease.map(|lease| lease.restore(leases)));
        NewSubscriber { socket, output, before, subscription, cursor, lease }
    }
}

fn framing(output: Output) -> Option<Framing> {
    match output {
        Output::Http(framing) => Some(framing),
        Output::Worker => None,
    }
}

fn output(framing: Option<Framing>) -> Output {
    framing.map_or(Output::Worker, Output::Http)
}

/// A place under limits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LeaseRecord {
    /// It is as old as it was.
    number: u64,
    keys: Vec<ByteBuf>,
    /// Whether no other has its place by now.
    held: bool,
}

impl LeaseRecord {
    pub(super) fn new(lease: &Lease) -> Self {
        let keys = lease.keys().map(ByteBuf::from).collect();
        Self { number: lease.number(), keys, held: !lease.was_dropped() }
    }

    pub(super) fn restore(&self, leases: &Leases) -> Lease {
        leases.restore(self.number, &self.keys, self.held)
    }
}

/// A connection to the control socket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConnectionRecord {
    pub(super) greeted: bool,
    /// What it has said that was not yet understood.
    #[serde(with = "serde_bytes")]
    pub(super) unread: Vec<u8>,
    /// What is to be said to it.
    #[serde(with = "serde_bytes")]
    pub(super) unsent: Vec<u8>,
    /// The place that its next stream has.
    pub(super) lease: Option<LeaseRecord>,
}
