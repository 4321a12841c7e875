//! A stream that is counted under limits, for as long as a connection to the hub is open.

use std::os::fd::{AsFd, AsRawFd, RawFd};

use hub_protocol::Reply;

use super::connection::{HubConnection, is_silent};

/// A place under limits, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Lease {
    hub: HubConnection,
    /// Whether the hub has said that a younger stream has the place, which it says once.
    dropped: bool,
}

impl Lease {
    pub(super) fn new(hub: HubConnection) -> Self {
        Self { hub, dropped: false }
    }

    /// The connection that it is had on.
    pub(super) fn into_connection(self) -> HubConnection {
        self.hub
    }

    /// The descriptor that is readable when something has become of it.
    pub(crate) fn descriptor(&self) -> RawFd {
        self.hub.as_fd().as_raw_fd()
    }

    /// What has become of it.
    pub(crate) fn look(&mut self) -> Standing {
        if !self.dropped {
            // It may have come with the answer before.
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

/// What has become of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The hub keeps the place.
    Held,
    /// A younger stream has it.
    Dropped,
    /// With its hub.
    Gone,
}
