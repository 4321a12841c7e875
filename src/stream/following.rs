//! Sends positions on a stream that follows a log of events, so that its client can resume.

use std::mem;
use std::time::Duration;

use event_stream::{Event, EventId, EventType};

use super::connection::{Bailout, Connection};
use super::life::Stream;

impl<C: Connection> Stream<C> {
    /// The id that the client was sent at the beginning, if it was sent no other since.
    pub fn begun_with(&self) -> Option<Box<str>> {
        let begun = self.client_position.begun_with();
        begun.filter(|_| !self.connection().was_echoed_to())
    }

    /// Sends the client its position: the id that it sends back when it reconnects.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_position(&self, id: &str) -> Result<bool, Bailout> {
        match position(id) {
            Some(event) => self.send(&event),
            None => Ok(self.is_open()),
        }
    }

    /// Notes that an event was filtered out: the client is sent its position before long, and in any case before the
    /// end, so that it does not ask for the event when it reconnects. Does nothing on a stream that has stopped
    /// meanwhile.
    pub fn pass_over(&self, id: &str, bytes: usize) {
        if self.stop_reason().is_some() {
            return;
        }
        self.client_position.pass_over(id, bytes, self.connection().now());
    }

    /// Returns the time until the client has to be sent its position; `None` if nothing was filtered out.
    pub fn position_due(&self) -> Option<Duration> {
        self.client_position.due_in(self.connection().now())
    }

    /// Sends the client its position, if that is due.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_position_if_due(&self) -> Result<bool, Bailout> {
        if self.position_due() != Some(Duration::ZERO) {
            return Ok(self.stop_reason().is_none());
        }
        let passed = self.client_position.take_passed();
        passed.map_or(Ok(true), |id| self.send_position(&id))
    }

    /// Sends the client its position before the end, if events were filtered out since the last one.
    pub(super) fn send_last_position(&self) -> Result<(), Bailout> {
        let passed = self.client_position.take_passed();
        let event = passed.as_deref().and_then(position);
        event.map_or(Ok(()), |event| self.send_out(&event).map(mem::drop))
    }
}

/// The event that carries a position.
fn position(id: &str) -> Option<Event<'_>> {
    Some(Event {
        id: Some(EventId::new(id.as_bytes()).ok()?),
        event: Some(EventType::POSITION),
        data: Some(b"{}"),
        ..Event::default()
    })
}
