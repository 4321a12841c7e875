//! The newest known id, shared by reader and writer: later ids have to be greater.

use hub_protocol::EventId;
use parking_lot::Mutex;

/// The greatest id of those that the reader has read and those that the writer was given.
#[derive(Debug, Default)]
pub(crate) struct Newest(Mutex<EventId>);

impl Newest {
    pub(crate) fn new(id: EventId) -> Self {
        Self(Mutex::new(id))
    }

    /// Returns [`EventId::ZERO`] while none is known.
    pub(crate) fn get(&self) -> EventId {
        *self.0.lock()
    }

    pub(crate) fn raise(&self, id: EventId) {
        let mut newest = self.0.lock();
        *newest = (*newest).max(id);
    }
}
