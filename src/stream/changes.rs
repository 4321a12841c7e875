//! Sends only what has changed: of a document a merge patch (RFC 7396), of values those that differ from the last.
//!
//! The invariant: a client that replaces its document at each event of type `state`, and applies every patch, has the
//! document that was given last; whatever failed in between.

use std::fmt;

use event_stream::{Event, EventId, EventType};
use merge_patch::{Patch, diff};

use super::connection::{Bailout, Connection};
use super::life::Stream;

/// The event type of whole documents.
const STATE: &str = "state";

/// The event type of patches, which is not that of whole documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatchType<'a>(Option<EventType<'a>>);

/// The event type is that of whole documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsStateType;

impl fmt::Display for IsStateType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must not be \"{STATE}\", the event type of whole states")
    }
}

impl std::error::Error for IsStateType {}

impl<'a> PatchType<'a> {
    /// Checks an event type; `None` is the client's own.
    ///
    /// # Errors
    ///
    /// [`IsStateType`] if its client could not tell patches from whole documents.
    pub fn new(event: Option<EventType<'a>>) -> Result<Self, IsStateType> {
        let is_state = event.is_some_and(|event| event.as_str() == STATE);
        if is_state { Err(IsStateType) } else { Ok(Self(event)) }
    }

    /// Returns the event type.
    #[must_use]
    pub fn get(self) -> Option<EventType<'a>> {
        self.0
    }
}

impl<C: Connection> Stream<C> {
    /// Sends a document, which is JSON: all of it at first and where no patch can say what has changed, then the
    /// patch, and nothing if nothing has.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_changes(
        &self,
        document: &[u8],
        patch_type: PatchType<'_>,
        id: Option<EventId<'_>>,
    ) -> Result<bool, Bailout> {
        if !self.is_open() {
            return Ok(false);
        }
        let known = self.last_document.take();
        let patch = known.as_deref().map(|known| diff(known, document));
        let (event, data) = match &patch {
            Some(Ok(Patch::Nothing)) => {
                self.last_document.put_back(known);
                return Ok(true);
            }
            Some(Ok(Patch::Merge(patch))) => (patch_type.0, patch.as_bytes()),
            // Also what is nested too deep to be compared.
            Some(Ok(Patch::Inexpressible) | Err(_)) | None => {
                (EventType::new(STATE.as_bytes()).ok(), document)
            }
        };
        let open = self.send_out(&Event { id, event, data: Some(data), ..Event::default() })?;
        if open {
            self.last_document.keep(document.to_vec());
        }
        Ok(open)
    }

    /// Sends an event, unless it is, byte for byte, the last one that was sent so.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_if_changed(&self, event: &Event<'_>) -> Result<bool, Bailout> {
        if !self.is_open() {
            return Ok(false);
        }
        let mut frame = Vec::new();
        event.encode_into(&mut frame);
        let last = self.last_frame.take();
        if frame.is_empty() || last.as_ref() == Some(&frame) {
            self.last_frame.put_back(last);
            return Ok(true);
        }
        let open = self.send_out(event)?;
        if open {
            self.last_frame.keep(frame);
        }
        Ok(open)
    }
}
