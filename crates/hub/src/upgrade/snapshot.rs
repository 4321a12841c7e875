//! The state that a program passes on to the next one, borrowed and owned.

use std::fs::File;
use std::os::fd::OwnedFd;

use crate::backlog::{Backlog, BacklogSnapshot};
use crate::core::NewSubscriber;
use crate::shard::Subscriber;
use crate::socket::connection::Connection;
use crate::socket::listener::Listener;

/// All that a program passes on.
pub(crate) struct SnapshotRef<'a> {
    pub(crate) listener: &'a Listener,
    pub(crate) backlog: &'a Backlog,
    pub(crate) streams: &'a [Subscriber],
    /// Streams that wait for Redis.
    pub(crate) joining: &'a [NewSubscriber],
    pub(crate) connections: &'a [&'a Connection],
    /// The connection that asked for the upgrade, and gets its reply from the new program.
    pub(crate) asker: Option<&'a Connection>,
}

/// All that a program has received from the one before.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) listener: OwnedFd,
    pub(crate) lock: File,
    pub(crate) backlog: BacklogSnapshot,
    pub(crate) streams: Vec<Subscriber>,
    /// Streams that wait for Redis.
    pub(crate) joining: Vec<NewSubscriber>,
    pub(crate) connections: Vec<Connection>,
}
