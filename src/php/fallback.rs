//! What becomes of a stream that should be the hub's, and is not: its worker serves it, or its client is told
//! when to come back.
//!
//! The invariant: nobody falls back in silence. The log has the first of each reason, and again after
//! [`QUIET`].

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::fault::Fault;
use crate::sapi::Server;
use crate::sapi::pool::{self, Slot};
use crate::sapi::settings;
use crate::zend::log;

/// How long the log says nothing of a reason after it has.
const QUIET: Duration = Duration::from_secs(300);

/// How many reasons are remembered.
const REASONS: usize = 16;

/// What this process has logged, and when.
static LOGGED: Mutex<Vec<(String, Instant)>> = Mutex::new(Vec::new());

/// What becomes of a stream.
#[derive(Debug)]
pub(super) enum Fallback {
    /// Its worker serves it, and has this slot of the pool's; `None` if nobody counts.
    Served(#[expect(dead_code, reason = "it is had, and let go of")] Option<Slot>),
    /// Its client is told when to come back.
    TurnedAway,
}

/// Decides what becomes of a stream that the hub does not take, and logs it.
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

/// How many such streams this pool's workers serve at once; `None` for as many as come.
fn bound() -> Option<u32> {
    if settings::requires_hand_off() {
        return Some(0);
    }
    let most = settings::max_worker_streams();
    (most > 0).then_some(most)
}

/// Whether the settings may have streams turned away.
pub(super) fn is_bounded() -> bool {
    bound().is_some()
}

/// What `subscribe()` does without a hub, for a reader.
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

/// Whether the log has not just said so.
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
