//! Hands a stream to the hub: offers its connection, lets go of it here, commits.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use hub_protocol::{
    Coded, HeartbeatText, Reply, Request, Response, Subscription as Message, Topic,
};

use super::client::connect;
use super::connection::{HubConnection, exchange};
use super::error::HubError;
use super::lease::{Lease, Standing};
use super::requests::reach;
use super::settings::{PATIENCE, Settings};
use super::subscription::Subscription;
use crate::sapi::PendingHandOff;

/// The outcome of an offer to the hub.
#[derive(Debug)]
pub(crate) enum HandedOver {
    /// The hub has the stream.
    Done,
    /// The hub has failed, and should be asked again: a stream that its worker serves keeps that worker busy. With
    /// the reason, in words.
    NotNow(String),
    /// The hub refuses the stream; with the reason, in words.
    Refused(String),
    /// The stream has to make room for a younger one.
    Dropped,
    /// This hub never takes the stream: somebody has to change a setting.
    Unfit(HubError),
}

impl From<HubError> for HandedOver {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Dropped => Self::Dropped,
            HubError::Unfit(_) => Self::Unfit(error),
            HubError::Refused(_) => Self::Refused(error.to_string()),
            error => Self::NotNow(error.to_string()),
        }
    }
}

/// Hands a stream and its lease to the hub, and lets go of its connection. If the hub does not take it, nothing has
/// changed.
pub(super) fn hand_over(
    settings: &Settings,
    lease: &mut Option<Lease>,
    subscription: &Subscription,
    offer: PendingHandOff<'_>,
) -> HandedOver {
    let response = response(&offer);
    match propose(settings, lease, subscription.message(), response, offer.connection()) {
        Err(error) => {
            offer.withdraw();
            error.into()
        }
        Ok(mut hub) => match offer.let_go() {
            Ok(()) => {
                // If the hub cannot be reached any more, it closes the connection, and the client reconnects.
                let _ = hub.send(&Request::Commit, None, Instant::now() + PATIENCE);
                HandedOver::Done
            }
            // Without a commit the hub leaves the connection alone.
            Err(why) => HandedOver::Refused(why.to_string()),
        },
    }
}

/// Returns how the hub has to go on with the response. What the worker has encoded may stand in an open segment: the
/// hub ends it first.
fn response(offer: &PendingHandOff<'_>) -> Response {
    Response {
        framing: offer.framing(),
        before: offer.before_frame().to_vec(),
        coding: offer.coding().map(|(coding, progress)| Coded { coding, progress }),
    }
}

/// Tries a hand-over up to its commit: the hub accepts the connection, leaves it alone, and nothing has changed.
///
/// # Errors
///
/// [`HubError`], as for a stream that is handed over.
pub(crate) fn rehearse(settings: &Settings, offer: PendingHandOff<'_>) -> Result<(), HubError> {
    let response = response(&offer);
    let outcome = match nothing() {
        Some(message) => {
            propose(settings, &mut None, message, response, offer.connection()).map(drop)
        }
        None => reach(settings),
    };
    offer.withdraw();
    outcome
}

/// Returns a subscription to something that nobody publishes.
fn nothing() -> Option<Message> {
    let topic = Topic::new(b"sse:doctor").ok()?;
    Some(Message {
        topics: vec![topic].try_into().ok()?,
        last_event_id: None,
        position_sent: false,
        began: Message::now(),
        heartbeat: 0,
        heartbeat_text: HeartbeatText::default(),
        lifetime: 0,
        retry: 0,
        shutdown_retry: 0,
        write_timeout: 0,
    })
}

/// Offers a connection to the hub; it stays ours, whatever the hub replies.
fn propose(
    settings: &Settings,
    lease: &mut Option<Lease>,
    subscription: Message,
    response: Response,
    connection: BorrowedFd<'_>,
) -> Result<HubConnection, HubError> {
    if lease.as_mut().is_some_and(|lease| lease.look() == Standing::Dropped) {
        return Err(HubError::Dropped);
    }
    let is_leased = lease.is_some();
    let mut hub = match lease.take() {
        Some(lease) => lease.into_connection(),
        None => connect(settings)?,
    };
    let request = Request::HandOver { subscription, response };
    match exchange(&mut hub, &request, Some(connection))? {
        Reply::Accepted => Ok(hub),
        other => {
            *lease = is_leased.then(|| Lease::new(hub));
            Err(HubError::from_reply(other))
        }
    }
}
