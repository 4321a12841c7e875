//! The hub's log of events, as one Redis stream: hubs on any number of machines publish to it, and each
//! follows it.
//!
//! The invariant: every hub gets the entries in Redis' order, without gap or repeat, or is told that it has
//! lost its place ([`News::Lost`]). A publication is answered once, and only with an id when Redis has it.
//!
//! Three threads, each with a connection of its own that it restores by itself:
//!
//! * `writer`: publications to XADD, as many in one round trip as are waiting
//! * `reader`: one blocking XREAD, from the last id seen
//! * `ranger`: XRANGE, page after page, for what a hub no longer has in memory
//!
//! and what they share:
//!
//! * `url`, `settings`: what the URL says, and what follows from it
//! * `socket`, `tls`, `wire`, `reply`: bytes, each wait with an end and each answer with a greatest size
//! * `sentinel`, `handshake`: where Redis is, and how a connection begins
//! * `connection`: the few commands
//! * `newest`: the newest id that is known here
//! * `entry`: an event as the fields of an entry
//! * `page`: the end of the stream, dated
//! * `backoff`: how long to wait before the next attempt
//! * `link`: whether publishing is possible just now
//! * `trouble`: what is wrong, in words

#![forbid(unsafe_code)]

mod backoff;
mod connection;
mod entry;
mod handshake;
mod link;
mod newest;
mod page;
mod ranger;
mod reader;
mod reply;
mod sentinel;
mod settings;
mod socket;
mod tls;
mod trouble;
mod url;
mod wire;
mod writer;

use std::{io, sync::Arc, thread};

use crossbeam_channel::Sender;
use hub_protocol::{EventId, Publication};

pub use entry::Entry;
pub use page::LastPage;
pub use ranger::Page;
pub use settings::{Settings, SettingsError};
pub use writer::AppendError;

use link::Link;
use newest::Newest;
use ranger::{Question, Ranger};
use reader::Reader;
use writer::{Job, Writer};

/// What the log has to say. `Ticket` is what the caller gave with its question.
#[derive(Debug)]
pub enum News<Ticket> {
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

pub(crate) type Tell<Ticket> = dyn Fn(News<Ticket>) + Send + Sync;

/// The stream. Its threads end when it is dropped, within a few seconds.
#[derive(Debug)]
pub struct RedisLog<Ticket> {
    link: Arc<Link<Ticket>>,
    questions: Sender<(Question, Ticket)>,
}

impl<Ticket: Send + 'static> RedisLog<Ticket> {
    /// Starts to follow the stream: after an id, if that is known from before, else from its last page on.
    /// `tell` is called from several threads; while it blocks, it is Redis that waits.
    ///
    /// # Errors
    ///
    /// When no thread can be started. A Redis that cannot be reached is not an error: it is tried again.
    pub fn start(
        settings: &Arc<Settings>,
        after: Option<EventId>,
        tell: impl Fn(News<Ticket>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let tell: Arc<Tell<Ticket>> = Arc::new(tell);
        let (link, jobs) = Link::new();
        let link = Arc::new(link);
        let (to_ranger, questions) = crossbeam_channel::unbounded();
        let newest = Arc::new(Newest::from(after.unwrap_or_default()));

        let writer = Writer::new(settings, &link, jobs, &newest, &tell);
        let reader = Reader::new(settings, &link, after, &newest, &tell);
        let ranger = Ranger::new(settings, questions, &tell);
        spawn("redis-writer", || writer.run())?;
        spawn("redis-reader", || reader.run())?;
        spawn("redis-ranger", || ranger.run())?;
        Ok(Self { link, questions: to_ranger })
    }

    /// Publishes: [`News::Appended`] follows.
    ///
    /// # Errors
    ///
    /// The ticket back, and why it is refused at once: nothing was sent, and nothing follows.
    pub fn append(
        &self,
        publication: Publication,
        ticket: Ticket,
    ) -> Result<(), (Ticket, AppendError)> {
        self.link.send(Job { publication, ticket })
    }

    /// Asks which of these ids are those of entries that are there: [`News::Held`] follows.
    pub fn held(&self, ids: Vec<EventId>, ticket: Ticket) {
        // It fails only when the ranger has ended, and that ends with this.
        drop(self.questions.send((Question::Held(ids), ticket)));
    }

    /// Asks for some of what comes after an entry, up to an id: [`News::Page`] follows.
    pub fn page(&self, after: EventId, up_to: EventId, ticket: Ticket) {
        drop(self.questions.send((Question::Page { after, up_to }, ticket)));
    }
}

impl<Ticket> Drop for RedisLog<Ticket> {
    fn drop(&mut self) {
        self.link.end();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(run).map(drop)
}
