//! The commands of the core to a shard.

use std::sync::Arc;

use crossbeam_channel::Sender;
use hub_protocol::EventId;

use super::subscriber::Subscriber;
use crate::update::Update;

/// A command of the core to a shard.
#[derive(Debug)]
pub(crate) enum Command {
    /// Hold one more subscriber; what it has to be sent first is queued already.
    Add(Box<Subscriber>),
    /// Send a subscriber some of what it has missed. It may be gone.
    Replay(ReplayBatch),
    /// Send an update to all subscribers to one of its topics.
    Deliver(Arc<Update>),
    /// Report that all commands before this one have been executed: the core waits while two are not.
    Mark,
    /// Tell every subscriber that updates were lost; it goes on after this one's id.
    Reset(Arc<Update>),
    /// End the streams that have these leases: younger ones have them now.
    Drop(Box<[u64]>),
    /// Give all subscribers away.
    Drain(Sender<Vec<Subscriber>>),
    /// Tell every subscriber goodbye, and end.
    Goodbye,
}

/// Some of what a subscriber has missed.
#[derive(Debug)]
pub(crate) struct ReplayBatch {
    /// The number of its replay.
    pub(crate) number: u64,
    /// In order.
    pub(crate) updates: Vec<Arc<Update>>,
    /// With the last batch: all updates after this id come next, as they are published.
    pub(crate) live_after: Option<EventId>,
}
