//! What the log tells a hub.

use std::time::Instant;

use hub_protocol::EventId;

use crate::entry::Entry;
use crate::link::AppendError;

/// The end of the stream.
#[derive(Debug)]
pub struct LastPage {
    /// The id of the newest entry.
    pub newest: EventId,
    /// Of what came after this id, nothing is missing among the events.
    pub floor: EventId,
    /// The events, in order, and when each was added: at that moment or a little earlier, by the clock of
    /// this machine.
    pub events: Vec<(Entry, Instant)>,
    /// When the last entry was added that is not on the page, at the latest; `None` if there was none.
    pub left_out: Option<Instant>,
}

/// Some entries of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// These come next.
    Next {
        /// The events among them, in order.
        entries: Vec<Entry>,
        /// The id of the last one, event or not: the entry to go on after.
        last: EventId,
        /// Whether there are no more, up to the id that was asked for.
        is_end: bool,
    },
    /// The entry that they were to come after is gone, and others may be.
    Gone,
    /// Redis cannot be asked.
    Unknown,
}

/// What the log tells. `Ticket` is what the caller gave with its question.
#[derive(Debug)]
pub enum Update<Ticket> {
    /// The stream is followed from the end of this page on.
    Began(LastPage),
    /// These entries came, in this order: also those that this hub has published.
    Arrived(Vec<Entry>),
    /// Redis has lost or dropped entries, perhaps some that have not arrived. It goes on after this id, which
    /// may be smaller than any before.
    Lost(EventId),
    /// A publication is in the stream, or is not.
    Appended {
        /// Whose it was.
        ticket: Ticket,
        /// Its id.
        result: Result<EventId, AppendError>,
    },
    /// Which ids are those of entries that are there: everything after one of these is there, too. `None`
    /// when Redis cannot be asked.
    Held {
        /// Who asked.
        ticket: Ticket,
        /// In the order of the question.
        held: Option<Vec<bool>>,
    },
    /// What comes after an entry.
    Page {
        /// Who asked.
        ticket: Ticket,
        /// Some entries, or that none can be told.
        page: Page,
    },
    /// The stream cannot be followed, for this reason. Said once, until it can be again.
    Disconnected(String),
    /// It can be followed, for the first time or again.
    Connected,
    /// An entry of the stream is not an event of ours, and is passed over.
    Foreign(String),
    /// An event of the stream is larger than is taken. Under its topics an event `reset` arrives in its place.
    TooLarge {
        /// Its id.
        id: EventId,
        /// How many bytes of data it has.
        length: usize,
    },
}

pub(crate) type Emit<Ticket> = dyn Fn(Update<Ticket>) + Send + Sync;
