//! Connects to the hub, and starts one if needed.
//!
//! A process keeps one connection for all that it publishes, and opens one for each stream.

use std::time::Instant;

use hub_protocol::{Reply, Request};
use parking_lot::Mutex;

use super::breaker::Breaker;
use super::connection::{HubConnection, exchange, is_silent};
use super::error::HubError;
use super::finding::{Found, find, where_to_start};
use super::opening::{Trust, vet};
use super::outage::OUTAGE;
use super::settings::Settings;
use super::spawn;
use crate::sapi::sys::process::forks;

/// Opens when no hub can be started. Meanwhile a hub that somebody else starts is still found.
static STARTS: Breaker = Breaker::new();

/// The connection that this process keeps.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

struct Kept {
    hub: HubConnection,
    /// The settings that led to it.
    settings: Settings,
    /// The process it belongs to: a forked child must not speak on it.
    forks: u32,
}

/// Sends a request on the connection that is kept; connects again if the hub has closed it meanwhile.
pub(super) fn request(settings: &Settings, request: &Request) -> Result<Reply, HubError> {
    let Found { mut hub, is_settled } = match take_kept(settings) {
        Some(hub) => Found::settled(hub),
        None => find_or_start(settings)?,
    };
    let reply = exchange(&mut hub, request, None)?;
    if is_settled {
        let settings = settings.clone();
        *KEPT.lock() = Some(Kept { hub, settings, forks: forks() });
    }
    Ok(reply)
}

fn take_kept(settings: &Settings) -> Option<HubConnection> {
    let kept = KEPT.lock().take()?;
    if kept.forks != forks() {
        // It is the parent's: dropping our copy does not end its connection.
        return None;
    }
    (is_silent(&kept.hub) && kept.settings == *settings).then_some(kept.hub)
}

/// Opens a new connection; starts a hub if there is none.
pub(super) fn connect(settings: &Settings) -> Result<HubConnection, HubError> {
    find_or_start(settings).map(|found| found.hub)
}

fn find_or_start(settings: &Settings) -> Result<Found, HubError> {
    let found = match find(settings) {
        Err(HubError::Absent(_)) if settings.spawns => {
            let hub = start(settings)?;
            Ok(Found { hub, is_settled: settings.socket.is_some() || settings.serves })
        }
        other => other,
    };
    if found.is_err() {
        OUTAGE.note(false, Instant::now());
    }
    found
}

fn start(settings: &Settings) -> Result<HubConnection, HubError> {
    if !STARTS.is_closed(Instant::now()) {
        return Err(HubError::Absent(format!(
            "it did not start a moment ago, and is not started again yet: {}",
            STARTS.why()
        )));
    }
    // By now, a hub of somebody else may listen there.
    let start = where_to_start(settings);
    let trust = start.owner.map_or(Trust::Named, |(uid, _)| Trust::Owner(uid));
    let hub = spawn::spawn(settings, &start)
        .and_then(|client| vet(settings, &start.socket, trust, client));
    STARTS.note(hub.as_ref().err().map(HubError::reason), Instant::now());
    hub
}
