//! The messages of a snapshot; a change to any of them needs a new protocol version.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use hub_protocol::{
    Coded, EventId, EventName, Framing, HeartbeatText, Publication, Response, Subscription, Topic,
    Topics,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::core::{Cursor, NewSubscriber};
use crate::leases::{Lease, Leases};
use crate::output::Output;
use crate::shard::{KnownPosition, ReplayProgress, Schedule, Subscriber};

/// One part of a snapshot.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Record {
    /// The listening socket, as a descriptor.
    Listener,
    /// The file whose lock makes a hub the only one, as a descriptor.
    Lock,
    /// The state of the backlog.
    Backlog {
        /// The newest id.
        newest: EventId,
        /// The id since which every event has passed there, if the end of the log was known.
        began: Option<EventId>,
        /// Of a topic without a floor of its own, nothing after this id was lost.
        floor: EventId,
        /// The time since the last event arrived that is not kept any more.
        evicted: Option<Duration>,
    },
    /// Of this topic, nothing after this id was lost.
    Floor(Topic, EventId),
    /// An event of the backlog, and the time since it arrived.
    Event(EventId, Kept, Duration),
    /// Bytes to be sent; streams refer to them by number.
    Piece(#[serde(with = "serde_bytes")] Vec<u8>),
    /// A stream, with its descriptor.
    Stream(StreamRecord),
    /// A stream that came before the newest id in Redis was known, with its descriptor.
    Joining(JoiningRecord),
    /// A connection to the control socket, with its descriptor.
    Connection(ConnectionRecord),
    /// The offer on the connection before, with its descriptor.
    Accepted(Subscription, Response, Cursor),
    /// A descriptor of an incomplete message on the connection before.
    Loose,
    /// The end of the snapshot.
    End,
}

/// The fields of an event. One that replaces an event that was too large has a type of the hub's own, which nobody
/// may publish.
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
    /// Its content coding, and where its response stands.
    pub(super) coding: Option<Coded>,
    pub(super) topics: Vec<Topic>,
    pub(super) position: EventId,
    /// The position that its client knows.
    pub(super) known: KnownPosition,
    pub(super) heartbeat: Option<Duration>,
    pub(super) heartbeat_text: HeartbeatText,
    /// Its remaining lifetime.
    pub(super) left: Option<Duration>,
    pub(super) write_timeout: Option<Duration>,
    pub(super) retry: u32,
    pub(super) shutdown_retry: u32,
    /// The time since its last write.
    pub(super) silent: Duration,
    /// Its lease.
    pub(super) lease: Option<LeaseRecord>,
    /// The numbers of the pieces to be sent.
    pub(super) pieces: Vec<u32>,
    /// The number of bytes of the first that were sent.
    pub(super) sent: usize,
    pub(super) ends_in_comment: bool,
    pub(super) ending: bool,
    /// The progress of its replay, if it waits for one.
    pub(super) missing: Option<ReplayProgress>,
}

impl StreamRecord {
    pub(super) fn new(stream: &Subscriber, pieces: Vec<u32>, now: Instant) -> Self {
        let Schedule { heartbeat, end, write_timeout, retry, shutdown_retry, last_write } =
            stream.schedule;
        Self {
            framing: stream.output.framing(),
            coding: stream.coded(),
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
        Output::new(self.framing, self.coding)
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

/// A stream that came before the newest id in Redis was known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JoiningRecord {
    /// `None` if a worker serves it.
    pub(super) framing: Option<Framing>,
    /// Its content coding, and where its response stands.
    pub(super) coding: Option<Coded>,
    /// The bytes to be sent before anything else.
    #[serde(with = "serde_bytes")]
    pub(super) before: Vec<u8>,
    pub(super) subscription: Subscription,
    pub(super) cursor: Cursor,
    /// Its lease.
    pub(super) lease: Option<LeaseRecord>,
}

impl JoiningRecord {
    pub(super) fn new(joining: &NewSubscriber) -> Self {
        Self {
            framing: joining.framing,
            coding: joining.coding,
            before: joining.before.clone(),
            subscription: joining.subscription.clone(),
            cursor: joining.cursor.clone(),
            lease: joining.lease.as_ref().map(LeaseRecord::new),
        }
    }

    pub(super) fn join(self, socket: OwnedFd, leases: &Leases) -> NewSubscriber {
        let Self { framing, coding, before, subscription, cursor, lease } = self;
        let lease = lease.map(|lease| lease.restore(leases));
        NewSubscriber { socket, framing, coding, before, subscription, cursor, lease }
    }
}

/// A lease.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LeaseRecord {
    /// Its number, which is its age.
    number: u64,
    keys: Vec<ByteBuf>,
    /// True if it was not dropped for another one.
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
    /// The bytes that it has sent and that were not processed yet.
    #[serde(with = "serde_bytes")]
    pub(super) unread: Vec<u8>,
    /// The bytes to be sent to it.
    #[serde(with = "serde_bytes")]
    pub(super) unsent: Vec<u8>,
    /// The lease of its next stream.
    pub(super) lease: Option<LeaseRecord>,
}
