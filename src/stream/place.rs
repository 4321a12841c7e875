//! Where a client knows that it is in a log of events, and what it has to be told of it.
//!
//! The invariant: a client that comes back brings an id after which everything that it has not had comes again;
//! and what was kept from it on purpose does not leave that id behind for long.

use std::cell::Cell;
use std::mem;
use std::time::{Duration, Instant};

use event_stream::{EventId, EventType};

use super::{Connection, Interrupted, Stream};

/// After so many events that were kept from a client, it is told where it is.
const EVENTS: u32 = 100;

/// After so many bytes of them.
const BYTES: usize = 1024 * 1024;

/// After so long.
const LONGEST: Duration = Duration::from_secs(15);

/// Where a client is.
#[derive(Default)]
pub(super) struct Place {
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

impl Place {
    /// The stream has begun with this id.
    pub(super) fn begin(&self, id: Option<EventId<'_>>) {
        self.begun.set(id.map(|id| id.as_str().into()));
    }

    /// The client is told an id.
    pub(super) fn tell(&self) {
        self.begun.set(None);
        self.passed.set(None);
    }
}

impl<C: Connection> Stream<C> {
    /// The id that the client has been told at the beginning, if it has been told no other since.
    pub fn begun_with(&self) -> Option<Box<str>> {
        let begun = self.place.begun.take();
        self.place.begun.set(begun.clone());
        begun.filter(|_| !self.connection().was_echoed_to())
    }

    /// Tells the client where it is: the id that it brings when it comes back.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn tell_position(&self, id: &str) -> Result<bool, Interrupted> {
        match position(id) {
            Some(event) => self.send(&event),
            None => Ok(self.is_open()),
        }
    }

    /// Notes that an event was kept from the client: it is told before long, and in any case before the end,
    /// that it need not come back for it. Not after the end, which may have come meanwhile.
    pub fn pass_over(&self, id: &str, bytes: usize) {
        if self.stop_reason().is_some() {
            return;
        }
        let since = self.connection().now();
        let passed = self.place.passed.take();
        let (events, all, since) =
            passed.map_or((0, 0, since), |passed| (passed.events, passed.bytes, passed.since));
        let (events, bytes) = (events.saturating_add(1), all.saturating_add(bytes));
        self.place.passed.set(Some(Passed { last: id.into(), events, bytes, since }));
    }

    /// How long the client need not yet be told what was kept from it; `None` if that is nothing.
    pub fn position_due(&self) -> Option<Duration> {
        let passed = self.place.passed.take();
        let rest = passed.as_ref().map(|passed| passed.rest(self.connection().now()));
        self.place.passed.set(passed);
        rest
    }

    /// Tells the client where it is, if that is due.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn tell_position_if_due(&self) -> Result<bool, Interrupted> {
        if self.position_due() != Some(Duration::ZERO) {
            return Ok(self.stop_reason().is_none());
        }
        let passed = self.place.passed.take();
        passed.map_or(Ok(true), |passed| self.tell_position(&passed.last))
    }

    /// Tells the client where it is before the end, if it does not know it.
    pub(super) fn tell_last_position(&self) -> Result<(), Interrupted> {
        let passed = self.place.passed.take();
        let event = passed.as_ref().and_then(|passed| position(&passed.last));
        event.map_or(Ok(()), |event| self.send_out(&event).map(mem::drop))
    }
}

/// The event that tells a position.
fn position(id: &str) -> Option<event_stream::Event<'_>> {
    Some(event_stream::Event {
        id: Some(EventId::new(id.as_bytes()).ok()?),
        event: Some(EventType::POSITION),
        data: Some(b"{}"),
        ..event_stream::Event::default()
    })
}
