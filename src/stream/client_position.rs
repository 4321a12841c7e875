//! The client's position in a log of events: what it knows, and when it must be sent a new one.
//!
//! A position is an id that the client sends back when it reconnects.
//!
//! The invariant: a client that reconnects sends an id after which everything that it has not had is replayed; and
//! events that were filtered out do not leave that id behind for long.

use std::cell::Cell;
use std::time::{Duration, Instant};

use event_stream::EventId;

/// The number of filtered events after which the client is sent its position.
const EVENTS: u32 = 100;

/// The number of filtered bytes after which it is sent its position.
const BYTES: usize = 1024 * 1024;

/// The time after a filtered event after which it is sent its position.
const LONGEST: Duration = Duration::from_secs(15);

/// The position that a client knows.
#[derive(Default)]
pub(super) struct ClientPosition {
    /// The id that the stream began with, as long as the client was sent no other.
    begun: Cell<Option<Box<str>>>,
    /// The events that were filtered out since.
    passed: Cell<Option<Passed>>,
}

/// Events that were filtered out.
struct Passed {
    /// The id of the last one.
    last: Box<str>,
    events: u32,
    bytes: usize,
    /// The time of the first one.
    since: Instant,
}

impl Passed {
    /// Returns the time until the client has to be sent its position.
    fn rest(&self, now: Instant) -> Duration {
        if self.events >= EVENTS || self.bytes >= BYTES {
            return Duration::ZERO;
        }
        LONGEST.saturating_sub(now.saturating_duration_since(self.since))
    }
}

impl ClientPosition {
    /// Notes that the stream begins with this id.
    pub(super) fn begin(&self, id: Option<EventId<'_>>) {
        self.begun.set(id.map(|id| id.as_str().into()));
    }

    /// Notes that the client was sent an id.
    pub(super) fn note_id(&self) {
        self.begun.set(None);
        self.passed.set(None);
    }

    /// The id that the stream began with, as long as the client was sent no other.
    pub(super) fn begun_with(&self) -> Option<Box<str>> {
        let begun = self.begun.take();
        self.begun.set(begun.clone());
        begun
    }

    /// Notes that an event of so many bytes was filtered out.
    pub(super) fn pass_over(&self, id: &str, bytes: usize, now: Instant) {
        let passed = self.passed.take();
        let (events, all, since) =
            passed.map_or((0, 0, now), |passed| (passed.events, passed.bytes, passed.since));
        let (events, bytes) = (events.saturating_add(1), all.saturating_add(bytes));
        self.passed.set(Some(Passed { last: id.into(), events, bytes, since }));
    }

    /// Returns the time until the client has to be sent its position; `None` if nothing was filtered out.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let passed = self.passed.take();
        let rest = passed.as_ref().map(|passed| passed.rest(now));
        self.passed.set(passed);
        rest
    }

    /// Takes the id of the last event that was filtered out.
    pub(super) fn take_passed(&self) -> Option<Box<str>> {
        self.passed.take().map(|passed| passed.last)
    }
}
