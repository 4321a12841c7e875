//! The commands of the core to a shard.

use std::sync::Arc;

use crossbeam_channel::Sender;
use hub_protocol::EventId;

use super::replay_channel::PageInFlight;
use super::subscriber::Subscriber;
use crate::update::Update;

/// A command of the core to a shard.
#[derive(Debug)]
pub(crate) enum Command {
    /// Hold one more subscriber; its first bytes are queued already.
    Add(Box<Subscriber>),
    /// Send a subscriber part of its replay. It may be gone.
    Replay(ReplayBatch),
    /// Send an update to all subscribers to one of its topics.
    Deliver(Arc<Update>),
    /// Report that all commands before this one were executed: the core waits while two marks are not.
    Mark,
    /// Send every subscriber a reset, as updates were lost; it resumes after this one's id.
    Reset(Arc<Update>),
    /// End the streams that have these leases, which were dropped for younger ones.
    Drop(Box<[u64]>),
    /// Return all subscribers.
    Drain(Sender<Vec<Subscriber>>),
    /// Send every subscriber its last bytes, and end.
    Goodbye,
}

/// Part of a subscriber's replay.
#[derive(Debug)]
pub(crate) struct ReplayBatch {
    /// The number of its replay.
    pub(crate) number: u64,
    /// In order.
    pub(crate) updates: Vec<Arc<Update>>,
    /// In the last batch: the id after which the subscriber is live.
    pub(crate) live_after: Option<EventId>,
    /// The page that they are of.
    pub(crate) page: Option<Arc<PageInFlight>>,
}
