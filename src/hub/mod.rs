//! The extension's side of the hub: finds it, or starts it, and speaks to it.
//!
//! The invariant: a hub that is dead or frozen costs a request no more than [`PATIENCE`], and not every
//! request; what cannot be done is an error here, never a silent loss.

mod breaker;
mod error;
mod finding;
mod line;
mod opening;
mod outage;
mod spawn;
mod subscriber;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, Limit, Publication, Reply, Request};

pub(crate) use error::HubError;
pub(crate) use line::{Lease, Standing, hand_over};
pub(crate) use subscriber::Subscriber;

/// How long a hub has to answer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// Where the hub is, and how one is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The socket that it listens on; `None` is wherever one is found.
    pub(crate) socket: Option<PathBuf>,
    /// Whether this is a server, with streams of its own.
    pub(crate) serves: bool,
    /// The program; `None` is `sse-hub` beside the extension, or else on the path.
    pub(crate) program: Option<PathBuf>,
    /// Whether it is started when there is none.
    pub(crate) spawns: bool,
    /// The group whose members may speak to it; empty for nobody else.
    pub(crate) group: String,
    /// The Redis that it publishes through; empty for none.
    pub(crate) redis: String,
}

/// Publishes an event; its id is the answer.
///
/// # Errors
///
/// [`HubError`]: it was not published, or ([`HubError::Unanswered`]) nobody knows.
pub(crate) fn publish(settings: &Settings, publication: Publication) -> Result<EventId, HubError> {
    match line::ask(settings, &Request::Publish(publication))? {
        Reply::Published(id) => Ok(id),
        other => Err(HubError::from_reply(other)),
    }
}

impl Settings {
    /// Where the hub is, or would be started.
    pub(crate) fn place(&self) -> PathBuf {
        finding::start_place(self).socket
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
    let mut line = match finding::find(settings) {
        Err(HubError::Absent(_)) => return Ok(None),
        other => other?.line,
    };
    match line::call(&mut line, &Request::Status, None)? {
        Reply::Status(report) => Ok(Some(Running { socket: line.socket().to_owned(), report })),
        other => Err(HubError::from_reply(other)),
    }
}

/// Whether there is a hub that answers; one is started if there is none.
///
/// # Errors
///
/// [`HubError`] if not, or why it cannot be started.
pub(crate) fn reach(settings: &Settings) -> Result<(), HubError> {
    let mut client = line::connect(settings)?;
    match line::call(&mut client, &Request::Status, None)? {
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
        let mut client = line::connect(settings)?;
        let reply = line::call(&mut client, &request, None)?;
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
