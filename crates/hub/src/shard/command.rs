//! What the core asks of a shard.

use std::sync::Arc;

use crossbeam_channel::Sender;
use hub_protocol::EventId;

use super::subscriber::Subscriber;
use crate::update::Update;

/// What the core asks of a shard.
#[derive(Debug)]
pub(crate) enum Command {
    /// To hold one more stream; what it has to be sent first is queued already.
    Add(Box<Subscriber>),
    /// To send a stream what it has missed. It may be gone.
    Replay(ReplayBatch),
    /// To send an event to all who follow one of its topics.
    Deliver(Arc<Update>),
    /// To say that it has come here: the core may go on.
    Mark,
    /// To tell every stream that events were lost; it goes on after this event's id.
    Reset(Arc<Update>),
    /// To end the streams that have these leases: younger ones have their places.
    Drop(Box<[u64]>),
    /// To give all streams away.
    Drain(Sender<Vec<Subscriber>>),
    /// To tell every stream goodbye, and to end.
    Goodbye,
}

/// Some of what a stream has missed.
#[derive(Debug)]
pub(crate) struct ReplayBatch {
    /// Which stream.
    pub(crate) number: u64,
    /// In order.
    pub(crate) events: Vec<Arc<Update>>,
    /// That was all: what is new from here on comes next.
    pub(crate) live_after: Option<EventId>,
}
