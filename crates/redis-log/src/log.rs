//! The log as the hub uses it: starts the threads, and passes on publications and queries.

use std::sync::Arc;
use std::{io, thread};

use crossbeam_channel::Sender;
use hub_protocol::{EventId, Publication};

use crate::history::{History, Query};
use crate::link::{AppendError, Job, Link};
use crate::newest::Newest;
use crate::reader::Reader;
use crate::settings::Settings;
use crate::update::{Emit, Update};
use crate::writer::Writer;

/// The stream. Its threads end when it is dropped, within a few seconds.
#[derive(Debug)]
pub struct RedisLog<Ticket> {
    link: Arc<Link<Ticket>>,
    queries: Sender<(Query, Ticket)>,
}

impl<Ticket: Send + 'static> RedisLog<Ticket> {
    /// Starts to follow the stream: after an id, if one is known from before, else from its last page on. Several
    /// threads call `emit`; while it blocks, they do not read from Redis.
    ///
    /// # Errors
    ///
    /// When no thread can be started. A Redis that cannot be reached is not an error: it is tried again.
    pub fn start(
        settings: &Arc<Settings>,
        after: Option<EventId>,
        emit: impl Fn(Update<Ticket>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let emit: Arc<Emit<Ticket>> = Arc::new(emit);
        let (link, jobs) = Link::new();
        let link = Arc::new(link);
        let (to_history, queries) = crossbeam_channel::unbounded();
        let newest = Arc::new(Newest::new(after.unwrap_or_default()));

        let writer = Writer::new(settings, &link, jobs, &newest, &emit);
        let reader = Reader::new(settings, &link, after, &newest, &emit);
        let history = History::new(settings, queries, &emit);
        spawn("redis-writer", || writer.run())?;
        spawn("redis-reader", || reader.run())?;
        spawn("redis-history", || history.run())?;
        Ok(Self { link, queries: to_history })
    }

    /// Publishes: [`Update::Appended`] follows.
    ///
    /// # Errors
    ///
    /// Returns the ticket, and why it is refused at once: nothing was sent, and nothing follows.
    pub fn append(
        &self,
        publication: Publication,
        ticket: Ticket,
    ) -> Result<(), (Ticket, AppendError)> {
        self.link.send(Job { publication, ticket })
    }

    /// Asks which of these ids the stream has entries of: [`Update::CheckedIds`] follows.
    pub fn check_ids(&self, ids: Vec<EventId>, ticket: Ticket) {
        // It fails only when the thread has ended, and that ends with this value.
        drop(self.queries.send((Query::CheckIds(ids), ticket)));
    }

    /// Asks for a page of the entries after an id, up to another: [`Update::Page`] follows.
    pub fn page(&self, after: EventId, up_to: EventId, ticket: Ticket) {
        drop(self.queries.send((Query::Page { after, up_to }, ticket)));
    }
}

impl<Ticket> Drop for RedisLog<Ticket> {
    fn drop(&mut self) {
        self.link.close();
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(run).map(drop)
}
