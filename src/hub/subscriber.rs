//! A subscription of a stream that its worker serves, resumed when the hub comes back.
//!
//! It gets the same events, ids and replay as the hub's own streams.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

use hub_protocol::{Delivery, EventId, Reply, Request};

use super::client;
use super::connection::{HubConnection, exchange};
use super::error::HubError;
use super::handing_over::{HandedOver, hand_over};
use super::lease::Lease;
use super::settings::Settings;
use super::subscription::Subscription;
use crate::sapi::PendingHandOff;

/// A subscription.
pub(crate) struct Subscriber {
    settings: Settings,
    subscription: Subscription,
    client: Option<HubConnection>,
    /// True if its client was sent [`EventId::UNKNOWN`], as there was no id to send.
    is_nowhere: bool,
}

impl Subscriber {
    /// A subscription that is not connected yet.
    pub(crate) fn new(settings: Settings, subscription: Subscription) -> Self {
        Self { settings, subscription, client: None, is_nowhere: false }
    }

    /// True if it is connected to a hub.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.is_some()
    }

    /// Sets the remaining lifetime of the stream.
    pub(crate) fn set_lifetime(&mut self, lifetime: Option<Duration>) {
        self.subscription.lifetime = lifetime;
    }

    /// Hands the stream to the hub; see [`hand_over`].
    pub(crate) fn hand_over(
        &self,
        lease: &mut Option<Lease>,
        offer: PendingHandOff<'_>,
    ) -> HandedOver {
        hand_over(&self.settings, lease, &self.subscription, offer)
    }

    /// Subscribes at the hub; stays unconnected if there is none. Events may have arrived together with the reply.
    ///
    /// # Errors
    ///
    /// [`HubError::Unfit`]: it would wait for ever.
    pub(crate) fn connect(&mut self) -> Result<(), HubError> {
        self.client = match self.subscribe() {
            Err(error @ HubError::Unfit(_)) => return Err(error),
            asked => asked.ok(),
        };
        Ok(())
    }

    /// The descriptor that is readable when more has arrived; `None` while there is no hub.
    pub(crate) fn descriptor(&self) -> Option<RawFd> {
        self.client.as_ref().map(|client| client.as_fd().as_raw_fd())
    }

    fn subscribe(&self) -> Result<HubConnection, HubError> {
        let mut hub = client::connect(&self.settings)?;
        let request = Request::Subscribe(self.subscription.message());
        match exchange(&mut hub, &request, None)? {
            Reply::Subscribed => Ok(hub),
            other => Err(HubError::from_reply(other)),
        }
    }

    /// Returns the position that its client is to be sent while there is no hub that would send it: the id after
    /// which it resumes, or [`EventId::UNKNOWN`].
    pub(crate) fn take_unsent_position(&mut self) -> Option<String> {
        if self.is_connected() || self.is_nowhere || self.subscription.position_sent {
            return None;
        }
        let known = self.subscription.last_event_id.clone();
        (self.subscription.position_sent, self.is_nowhere) = (known.is_some(), known.is_none());
        Some(known.unwrap_or_else(|| EventId::UNKNOWN.to_string()))
    }

    /// Returns the next event that has arrived.
    pub(crate) fn take(&mut self) -> Option<Delivery> {
        let client = self.client.as_mut()?;
        match client.next_reply() {
            Ok(Some(Reply::Delivery(delivery))) => {
                self.subscription.last_event_id = Some(delivery.id.to_string());
                self.subscription.position_sent = true;
                Some(delivery)
            }
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => {
                self.client = None;
                None
            }
        }
    }

    /// Reads the bytes that have arrived, without waiting.
    pub(crate) fn fill(&mut self) {
        if self.client.as_mut().is_some_and(|client| client.fill().is_err()) {
            self.client = None;
        }
    }

    /// The interval at which a missing hub is asked again.
    pub(crate) const RETRY: Duration = Duration::from_millis(500);
}
