//! The updates that the log sends to the hub: entries, replies, pages, lost connections.

use std::time::Instant;

use hub_protocol::EventId;

use crate::entry::Entry;
use crate::link::AppendError;

/// The end of the stream.
#[derive(Debug)]
pub struct LastPage {
    /// The id of the newest entry.
    pub newest: EventId,
    /// No event after this id is missing.
    pub floor: EventId,
    /// The events, in order, and the moment when each was added, or a little later, by the clock of this machine.
    pub events: Vec<(Entry, Instant)>,
    /// The latest moment at which the last entry before the page may have been added; `None` if there was none.
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
        /// True if there are no more, up to the id that was asked for.
        is_end: bool,
    },
    /// The entry before the page is gone, and others may be.
    Gone,
    /// Redis cannot be reached.
    Unavailable,
}

/// An update of the log. `Ticket` is the value that the hub has passed with its publication or query.
#[derive(Debug)]
pub enum Update<Ticket> {
    /// The hub follows the stream from the end of this page on.
    Began(LastPage),
    /// These entries came, in this order: also those that this hub has published.
    Arrived(Vec<Entry>),
    /// Redis has lost or dropped entries, perhaps some that have not arrived. The stream continues after this id,
    /// which may be smaller than any before.
    Lost(EventId),
    /// A publication is in the stream, or is not.
    Appended {
        /// The ticket of the publication.
        ticket: Ticket,
        /// Its id.
        result: Result<EventId, AppendError>,
    },
    /// The stream has entries of these ids. It has all entries after one of these, too.
    CheckedIds {
        /// The ticket of the query.
        ticket: Ticket,
        /// True for each id of an entry, in the order of the query; `None` if Redis cannot be reached.
        exist: Option<Vec<bool>>,
    },
    /// A page of entries.
    Page {
        /// The ticket of the query.
        ticket: Ticket,
        /// The entries, or why there are none.
        page: Page,
    },
    /// The stream cannot be followed, for this reason. Reported once, until it can be followed again.
    Disconnected(String),
    /// It can be followed, for the first time or again.
    Connected,
    /// An entry of the stream is not an event, for this reason, and is ignored.
    Foreign(String),
    /// An event of the stream is too large. An event `reset` replaces it, under the same topics.
    TooLarge {
        /// Its id.
        id: EventId,
        /// The size of its data, in bytes.
        length: usize,
    },
}

pub(crate) type Emit<Ticket> = dyn Fn(Update<Ticket>) + Send + Sync;
