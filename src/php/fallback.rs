//! Decides about a stream that the hub does not take: its worker serves it, or turns it away.
//!
//! The invariant: no stream falls back in silence. Each reason is logged the first time, and again after [`QUIET`].

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::fault::Fault;
use crate::sapi::Server;
use crate::sapi::pool::{self, Slot};
use crate::sapi::settings;
use crate::zend::log;

/// The time for which a reason that was logged is not logged again.
const QUIET: Duration = Duration::from_secs(300);

/// The number of reasons that are remembered.
const REASONS: usize = 16;

/// The reasons that this process has logged, and when.
static LOGGED: Mutex<Vec<(String, Instant)>> = Mutex::new(Vec::new());

/// The decision about a stream.
#[derive(Debug)]
pub(super) enum Fallback {
    /// Its worker serves it, and has this slot of the pool's; `None` if slots are not counted.
    Served(#[expect(dead_code, reason = "it is had, and let go of")] Option<Slot>),
    /// Its client is sent a reconnection time, and the stream ends.
    TurnedAway,
}

/// Decides about a stream that the hub does not take, and logs it.
pub(super) fn decide(server: Server, method: &str, why: &str) -> Result<Fallback, Fault> {
    let fallback = match bound() {
        None => Fallback::Served(None),
        Some(most) => Slot::take(server, most)
            .map_or(Fallback::TurnedAway, |slot| Fallback::Served(Some(slot))),
    };
    let what = match fallback {
        Fallback::Served(_) => "stays with its worker",
        Fallback::TurnedAway => "is turned away",
    };
    if is_news(&format!("{what}: {why}"), Instant::now()) {
        log::write(&format!("{method}(): a stream {what}: {why}"))?;
    }
    Ok(fallback)
}

/// Returns how many such streams this pool's workers may serve at once; `None` is unlimited.
fn bound() -> Option<u32> {
    if settings::requires_hand_off() {
        return Some(0);
    }
    let most = settings::max_worker_streams();
    (most > 0).then_some(most)
}

/// True if the settings may cause streams to be turned away.
pub(super) fn is_bounded() -> bool {
    bound().is_some()
}

/// Describes what `subscribe()` does without a hub.
pub(super) fn in_words(server: Server) -> String {
    match bound() {
        None => "subscribe() serves the stream from the script".into(),
        Some(_) if !server.has_response() => "subscribe() serves the stream from the script".into(),
        Some(0) => "subscribe() tells the client when to come back (sse.hand_off=require)".into(),
        Some(most) => format!(
            "subscribe() serves the stream from the script, {most} at once in this pool \
             (sse.max_worker_streams), of which there are {} now; one more is told when to come back",
            pool::taken(server, most)
        ),
    }
}

/// True if this has not been logged within [`QUIET`].
fn is_news(what: &str, now: Instant) -> bool {
    let mut logged = LOGGED.lock();
    logged.retain(|(_, at)| now.saturating_duration_since(*at) < QUIET);
    if logged.iter().any(|(known, _)| known == what) {
        return false;
    }
    if logged.len() == REASONS {
        logged.remove(0);
    }
    logged.push((what.to_owned(), now));
    true
}
