//! A subscription of a stream that its worker serves: the same events, ids and replay as the hub's own
//! streams have. When the hub goes away, it is taken up again where it was.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::{Duration, Instant};

use hub_protocol::{Client, Delivery, Reply, Request, Subscription};

use super::{HubError, PATIENCE, Settings, line};

/// A subscription.
pub(crate) struct Subscriber {
    settings: Settings,
    subscription: Subscription,
    /// When the script began, for a client that has seen no event yet.
    began: Instant,
    client: Option<Client>,
}

impl Subscriber {
    /// A subscription that is not yet made.
    pub(crate) fn new(settings: Settings, subscription: Subscription, began: Instant) -> Self {
        Self { settings, subscription, began, client: None }
    }

    /// The descriptor that is readable when there is something to take; the hub is asked anew if it has
    /// gone away. `None` while there is none.
    pub(crate) fn descriptor(&mut self) -> Option<RawFd> {
        if self.client.is_none() {
            self.client = self.connect().ok();
        }
        self.client.as_ref().map(|client| client.as_fd().as_raw_fd())
    }

    fn connect(&mut self) -> Result<Client, HubError> {
        let mut client = line::connect(&self.settings)?;
        let age = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let subscription = Subscription { age, ..self.subscription.clone() };
        let request = Request::Subscribe(subscription);
        match client.call(&request, None, Instant::now() + PATIENCE)? {
            Reply::Subscribed => Ok(client),
            other => Err(HubError::from_reply(other)),
        }
    }

    /// What has come: the next event, if there is one.
    pub(crate) fn take(&mut self) -> Option<Delivery> {
        let client = self.client.as_mut()?;
        match client.next_reply() {
            Ok(Some(Reply::Delivery(delivery))) => {
                self.subscription.last_event_id = Some(delivery.id.to_string());
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
