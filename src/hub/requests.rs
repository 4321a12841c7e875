//! What is asked of the hub, one request each.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Limit, Publication, Reply, Request};

use super::connection::exchange;
use super::error::HubError;
use super::lease::Lease;
use super::settings::Settings;
use super::{client, finding, outage};

/// Publishes an event; its id is the answer.
///
/// # Errors
///
/// [`HubError`]: it was not published, or ([`HubError::Unanswered`]) nobody knows.
pub(crate) fn publish(settings: &Settings, publication: Publication) -> Result<EventId, HubError> {
    match client::request(settings, &Request::Publish(publication))? {
        Reply::Published(id) => Ok(id),
        other => Err(HubError::from_reply(other)),
    }
}

/// A hub that answers.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) socket: PathBuf,
    /// Its report, a JSON object.
    pub(crate) report: String,
}

/// The hub's report; `None` when there is no hub. None is started for it.
///
/// # Errors
///
/// [`HubError`] when there is one that does not answer.
pub(crate) fn status(settings: &Settings) -> Result<Option<Running>, HubError> {
    let mut hub = match finding::find(settings) {
        Err(HubError::Absent(_)) => return Ok(None),
        other => other?.hub,
    };
    match exchange(&mut hub, &Request::Status, None)? {
        Reply::Status(report) => Ok(Some(Running { socket: hub.socket().to_owned(), report })),
        other => Err(HubError::from_reply(other)),
    }
}

/// Whether there is a hub that answers; one is started if there is none.
///
/// # Errors
///
/// [`HubError`] if not, or why it cannot be started.
pub(crate) fn reach(settings: &Settings) -> Result<(), HubError> {
    let mut client = client::connect(settings)?;
    match exchange(&mut client, &Request::Status, None)? {
        Reply::Status(_) => Ok(()),
        other => Err(HubError::from_reply(other)),
    }
}

/// When a client should come back that there is no hub for. `jitter` is a random number from 0 to 1.
pub(crate) fn retry(jitter: f64) -> Duration {
    outage::OUTAGE.retry(jitter, Instant::now())
}

/// Takes a place under each limit; the limit that is reached is the answer if there is none.
///
/// # Errors
///
/// [`HubError`] when the hub cannot be asked.
pub(crate) fn lease(
    settings: &Settings,
    limits: Vec<Limit>,
) -> Result<Result<Lease, Limit>, HubError> {
    let request = Request::Lease(limits);
    let ask = || {
        let mut client = client::connect(settings)?;
        let reply = exchange(&mut client, &request, None)?;
        Ok((client, reply))
    };
    // A hub that is just dying lets in whoever asks, and hangs up.
    let again = |error| if matches!(error, HubError::Unanswered(_)) { ask() } else { Err(error) };
    match ask().or_else(again)? {
        (client, Reply::Granted) => Ok(Ok(Lease::new(client))),
        (_, Reply::Exceeded(limit)) => Ok(Err(limit)),
        (_, other) => Err(HubError::from_reply(other)),
    }
}

/// The socket where the hub is, or would be started.
pub(crate) fn location(settings: &Settings) -> PathBuf {
    finding::where_to_start(settings).socket
}
