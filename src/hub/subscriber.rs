//! A subscription of a stream that its worker serves: the same events, ids and replay as the hub's own
//! streams have. When the hub goes away, it is taken up again where it was.

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
    /// Whether its client was told that nobody knows where it is.
    is_nowhere: bool,
}

impl Subscriber {
    /// A subscription that is not yet made.
    pub(crate) fn new(settings: Settings, subscription: Subscription) -> Self {
        Self { settings, subscription, client: None, is_nowhere: false }
    }

    /// Whether there is a hub that it gets events from.
    pub(crate) fn is_connected(&self) -> bool {
        self.client.is_some()
    }

    /// Sets how long the stream may still live.
    pub(crate) fn set_lifetime(&mut self, lifetime: Option<Duration>) {
        self.subscription.lifetime = lifetime;
    }

    /// Has the hub go on with the stream; see [`hand_over`].
    pub(crate) fn hand_over(
        &self,
        lease: &mut Option<Lease>,
        offer: PendingHandOff<'_>,
    ) -> HandedOver {
        hand_over(&self.settings, lease, &self.subscription, offer)
    }

    /// Asks the hub; it stays unconnected if there is none. With its answer may have come what is to be
    /// taken.
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

    /// The descriptor that is readable when more has come; `None` while there is no hub.
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

    /// What its client is to be told while there is no hub that would tell it where it is: from where it goes
    /// on, or that nobody knows.
    pub(crate) fn take_untold(&mut self) -> Option<String> {
        if self.is_connected() || self.is_nowhere || self.subscription.is_told {
            return None;
        }
        let known = self.subscription.last_event_id.clone();
        (self.subscription.is_told, self.is_nowhere) = (known.is_some(), known.is_none());
        Some(known.unwrap_or_else(|| EventId::NOWHERE.to_string()))
    }

    /// What has come: the next event, if there is one.
    pub(crate) fn take(&mut self) -> Option<Delivery> {
        let client = self.client.as_mut()?;
        match client.next_reply() {
            Ok(Some(Reply::Delivery(delivery))) => {
                self.subscription.last_event_id = Some(delivery.id.to_string());
                self.subscription.is_told = true;
                Some(delivery)
            }
            Ok(None) => None,
            Ok(Some(_)) | Err(_) => {
                self.client = None;
                None
            }
        }
    }

    /// Reads what is there, without waiting.
    pub(crate) fn fill(&mut self) {
        if self.client.as_mut().is_some_and(|client| client.fill().is_err()) {
            self.client = None;
        }
    }

    /// How long to wait before the hub is asked again.
    pub(crate) const RETRY: Duration = Duration::from_millis(500);
}
