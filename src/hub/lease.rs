//! A stream that is counted under limits, for as long as a connection to the hub is open; and a connection of a
//! client that is handed over.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::time::Instant;

use hub_protocol::{Reply, Request, Response, Subscription};

use super::client::connect;
use super::connection::{HubConnection, exchange, is_silent};
use super::error::HubError;
use super::settings::{PATIENCE, Settings};

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

/// A connection of a client's that the hub has accepted, and that is still ours.
pub(crate) struct AcceptedHandOff(HubConnection);

/// Offers a connection to the hub. A lease goes with it; a hub that refuses the connection leaves it here.
///
/// # Errors
///
/// [`HubError`]: the connection is still ours.
pub(crate) fn hand_over(
    settings: &Settings,
    lease: &mut Option<Lease>,
    subscription: Subscription,
    response: Response,
    connection: BorrowedFd<'_>,
) -> Result<AcceptedHandOff, HubError> {
    if lease.as_mut().is_some_and(|lease| lease.look() == Standing::Dropped) {
        return Err(HubError::Dropped);
    }
    let is_leased = lease.is_some();
    let mut client = match lease.take() {
        Some(Lease { hub, .. }) => hub,
        None => connect(settings)?,
    };
    let request = Request::HandOver { subscription, response };
    match exchange(&mut client, &request, Some(connection))? {
        Reply::Accepted => Ok(AcceptedHandOff(client)),
        other => {
            *lease = is_leased.then(|| Lease::new(client));
            Err(HubError::from_reply(other))
        }
    }
}

impl AcceptedHandOff {
    /// Tells the hub that the connection is its own now: nothing of it is left here.
    ///
    /// # Errors
    ///
    /// [`HubError`] when the hub cannot be told; it closes its copy then, and the client comes back.
    pub(crate) fn commit(mut self) -> Result<(), HubError> {
        Ok(self.0.send(&Request::Commit, None, Instant::now() + PATIENCE)?)
    }
}
