//! A stream that follows a log of events: what its client is told of its position.

use std::mem;
use std::time::Duration;

use event_stream::{Event, EventId, EventType};

use super::connection::{Bailout, Connection};
use super::life::Stream;

impl<C: Connection> Stream<C> {
    /// The id that the client has been told at the beginning, if it has been told no other since.
    pub fn begun_with(&self) -> Option<Box<str>> {
        let begun = self.client_position.begun_with();
        begun.filter(|_| !self.connection().was_echoed_to())
    }

    /// Tells the client where it is: the id that it brings when it comes back.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn tell_position(&self, id: &str) -> Result<bool, Bailout> {
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
        self.client_position.pass_over(id, bytes, self.connection().now());
    }

    /// How long the client need not yet be told what was kept from it; `None` if that is nothing.
    pub fn position_due(&self) -> Option<Duration> {
        self.client_position.due_in(self.connection().now())
    }

    /// Tells the client where it is, if that is due.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn tell_position_if_due(&self) -> Result<bool, Bailout> {
        if self.position_due() != Some(Duration::ZERO) {
            return Ok(self.stop_reason().is_none());
        }
        let passed = self.client_position.take_passed();
        passed.map_or(Ok(true), |id| self.tell_position(&id))
    }

    /// Tells the client where it is before the end, if it does not know it.
    pub(super) fn tell_last_position(&self) -> Result<(), Bailout> {
        let passed = self.client_position.take_passed();
        let event = passed.as_deref().and_then(position);
        event.map_or(Ok(()), |event| self.send_out(&event).map(mem::drop))
    }
}

/// The event that tells a position.
fn position(id: &str) -> Option<Event<'_>> {
    Some(Event {
        id: Some(EventId::new(id.as_bytes()).ok()?),
        event: Some(EventType::POSITION),
        data: Some(b"{}"),
        ..Event::default()
    })
}
