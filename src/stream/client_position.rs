//! Where a client knows that it is in a log of events, and what it has to be told of it.
//!
//! The invariant: a client that comes back brings an id after which everything that it has not had comes again;
//! and what was kept from it on purpose does not leave that id behind for long.

use std::cell::Cell;
use std::time::{Duration, Instant};

use event_stream::EventId;

/// After so many events that were kept from a client, it is told where it is.
const EVENTS: u32 = 100;

/// After so many bytes of them.
const BYTES: usize = 1024 * 1024;

/// After so long.
const LONGEST: Duration = Duration::from_secs(15);

/// What a client knows of its position.
#[derive(Default)]
pub(super) struct ClientPosition {
    /// The id that the stream began with, as long as the client has been told no other.
    begun: Cell<Option<Box<str>>>,
    /// What was kept from it since.
    passed: Cell<Option<Passed>>,
}

/// Events that were kept from a client.
struct Passed {
    /// The id of the last one.
    last: Box<str>,
    events: u32,
    bytes: usize,
    /// When the first one was.
    since: Instant,
}

impl Passed {
    /// How long the client need not be told.
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

    /// Notes that the client is told an id.
    pub(super) fn tell(&self) {
        self.begun.set(None);
        self.passed.set(None);
    }

    /// The id that the stream began with, as long as the client has been told no other.
    pub(super) fn begun_with(&self) -> Option<Box<str>> {
        let begun = self.begun.take();
        self.begun.set(begun.clone());
        begun
    }

    /// Notes that an event of so many bytes was kept from the client.
    pub(super) fn pass_over(&self, id: &str, bytes: usize, now: Instant) {
        let passed = self.passed.take();
        let (events, all, since) =
            passed.map_or((0, 0, now), |passed| (passed.events, passed.bytes, passed.since));
        let (events, bytes) = (events.saturating_add(1), all.saturating_add(bytes));
        self.passed.set(Some(Passed { last: id.into(), events, bytes, since }));
    }

    /// How long the client need not yet be told what was kept from it; `None` if that is nothing.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let passed = self.passed.take();
        let rest = passed.as_ref().map(|passed| passed.rest(now));
        self.passed.set(passed);
        rest
    }

    /// Takes the id of the last event that was kept from the client.
    pub(super) fn take_passed(&self) -> Option<Box<str>> {
        self.passed.take().map(|passed| passed.last)
    }
}
