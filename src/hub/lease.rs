//! A lease: counts a stream under limits, for as long as a connection to the hub is open.

use std::os::fd::{AsFd, AsRawFd, RawFd};

use hub_protocol::Reply;

use super::connection::{HubConnection, is_silent};

/// A lease under some limits. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Lease {
    hub: HubConnection,
    /// True if the hub has said that a younger stream has taken the lease; it says so once.
    dropped: bool,
}

impl Lease {
    pub(super) fn new(hub: HubConnection) -> Self {
        Self { hub, dropped: false }
    }

    /// Returns the connection that holds the lease.
    pub(super) fn into_connection(self) -> HubConnection {
        self.hub
    }

    /// The descriptor that is readable when the lease has changed.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.hub.as_fd().as_raw_fd()
    }

    /// Returns the state of the lease, without waiting.
    pub(crate) fn look(&mut self) -> Standing {
        if !self.dropped {
            // The reply may have been read together with the one before.
            let said = match self.hub.next_reply() {
                Ok(None) if is_silent(&self.hub) => return Standing::Held,
                Ok(None) => self.hub.fill().and_then(|()| self.hub.next_reply()),
                said => said,
            };
            match said {
                Ok(Some(Reply::Dropped)) => self.dropped = true,
                Ok(None) => return Standing::Held,
                _ => return Standing::Gone,
            }
        }
        Standing::Dropped
    }
}

/// The state of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The hub counts the stream.
    Held,
    /// A younger stream has taken it.
    Dropped,
    /// It is lost, together with its hub.
    Gone,
}
