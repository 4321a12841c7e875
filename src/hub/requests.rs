//! The requests to the hub, one function each: publish, status, lease.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Limit, Publication, Reply, Request};

use super::connection::exchange;
use super::error::HubError;
use super::lease::Lease;
use super::settings::Settings;
use super::{client, finding, outage, release};

/// Publishes an event, and returns its id.
///
/// # Errors
///
/// [`HubError`]: it was not published, or ([`HubError::Unanswered`]) that is unknown.
pub(crate) fn publish(settings: &Settings, publication: Publication) -> Result<EventId, HubError> {
    match client::request(settings, &Request::Publish(publication))? {
        Reply::Published(id) => Ok(id),
        other => Err(HubError::from_reply(other)),
    }
}

/// A hub that has replied.
pub(crate) struct Running {
    /// The socket on which it listens.
    pub(crate) socket: PathBuf,
    /// Its report, a JSON object.
    pub(crate) report: String,
}

impl Running {
    /// Says that the hub is of another release than this extension, and what to do; `None` if it is of the same.
    pub(crate) fn other_release(&self) -> Option<String> {
        release::difference(release::of_report(&self.report), release::OURS)
    }

    /// Returns the report for scripts: with the release of this extension, and what to do if the hub is of another.
    pub(crate) fn into_report(self) -> String {
        let versions = self
            .other_release()
            .map_or_else(String::new, |words| format!(r#","versions":"{words}""#));
        let report = self.report.strip_suffix('}').unwrap_or(&self.report);
        format!(r#"{report},"extension":"{}"{versions}}}"#, release::OURS)
    }
}

/// Asks the hub for its report; `None` when there is no hub. It starts none.
///
/// # Errors
///
/// [`HubError`] when there is one that does not reply.
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

/// Checks that there is a hub that replies; starts one if there is none.
///
/// # Errors
///
/// [`HubError`] if it does not reply, or cannot be started.
pub(crate) fn reach(settings: &Settings) -> Result<(), HubError> {
    let mut client = client::connect(settings)?;
    match exchange(&mut client, &Request::Status, None)? {
        Reply::Status(_) => Ok(()),
        other => Err(HubError::from_reply(other)),
    }
}

/// Returns the time after which a client should come back when there is no hub for it. `jitter` is a random number
/// from 0 to 1.
pub(crate) fn retry(jitter: f64) -> Duration {
    outage::OUTAGE.retry(jitter, Instant::now())
}

/// Takes a lease under all limits, or returns the limit that is reached.
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
    // A hub that is exiting may still accept a connection, and closes it.
    let again = |error| if matches!(error, HubError::Unanswered(_)) { ask() } else { Err(error) };
    match ask().or_else(again)? {
        (client, Reply::Granted) => Ok(Ok(Lease::new(client))),
        (_, Reply::Exceeded(limit)) => Ok(Err(limit)),
        (_, other) => Err(HubError::from_reply(other)),
    }
}

/// Returns the socket where the hub is, or would be started.
pub(crate) fn location(settings: &Settings) -> PathBuf {
    finding::where_to_start(settings).socket
}
