//! The stream as it grows: one blocking XREAD, from the last id seen.
//!
//! The invariant: the place is kept over any number of connections, and is always an entry. Whenever entries
//! are read, that one is asked for, too: where it is gone, others may have been dropped before they were
//! read, and that is told first.

use std::{sync::Arc, thread};

use hub_protocol::EventId;
use redis::RedisResult;

use crate::{
    Entry, LastPage, News, Settings, Tell,
    backoff::Backoff,
    connection::{Connection, is_an_answer, parse},
    entry::{RawEntry, is_beginning, read_fields},
    link::Link,
    newest::Newest,
    trouble,
};

pub(crate) struct Reader<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    tell: Arc<Tell<Ticket>>,
    newest: Arc<Newest>,
    /// The last id seen; `None` before the first connection.
    place: Option<EventId>,
    backoff: Backoff,
    /// Whether the stream can be followed, as it was told last.
    told: Option<bool>,
}

impl<Ticket> Reader<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        link: &Arc<Link<Ticket>>,
        place: Option<EventId>,
        newest: &Arc<Newest>,
        tell: &Arc<Tell<Ticket>>,
    ) -> Self {
        let (settings, link, tell) = (Arc::clone(settings), Arc::clone(link), Arc::clone(tell));
        let newest = Arc::clone(newest);
        Self { settings, link, tell, newest, place, backoff: Backoff::new(), told: None }
    }

    pub(crate) fn run(mut self) {
        while !self.link.ended() {
            let end = Connection::open(&self.settings)
                .map_err(|error| trouble::of_opening(&error))
                .and_then(|opened| self.follow(opened).map_err(|error| trouble::of(&error)));
            if let Err(why) = end {
                if self.told != Some(false) {
                    self.told = Some(false);
                    (self.tell)(News::Disconnected(why));
                }
                thread::sleep(self.backoff.failed());
            }
        }
    }

    /// Until the connection is lost, or the hub ends.
    fn follow(&mut self, mut connection: Connection) -> RedisResult<()> {
        let end = connection.allow_to_block().and_then(|()| self.read_on(&mut connection));
        if end.as_ref().is_err_and(|error| !is_an_answer(error)) {
            self.link.doubt();
        }
        end
    }

    fn read_on(&mut self, connection: &mut Connection) -> RedisResult<()> {
        let mut place = self.place.map_or_else(|| self.begin(connection), Ok)?;
        let mut wait = false;
        while !self.link.ended() {
            match connection.next_entries(place, wait)? {
                None => place = self.lose_place(connection)?,
                Some(raw) if raw.is_empty() => {}
                Some(raw) => {
                    let entries = read(raw, &mut place, &*self.tell)?;
                    self.take_place(place);
                    (self.tell)(News::Arrived(entries));
                }
            }
            wait = true;
            self.succeed();
        }
        Ok(())
    }

    fn begin(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let page = LastPage::load(connection, self.newest.get())?;
        let newest = page.newest;
        self.take_place(newest);
        (self.tell)(News::Began(page));
        Ok(newest)
    }

    fn lose_place(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let last = connection.last_entries(1, self.newest.get())?;
        let newest = last.last().map_or(Ok(EventId::ZERO), |(id, _)| parse(id))?;
        self.take_place(newest);
        (self.tell)(News::Lost(newest));
        Ok(newest)
    }

    fn take_place(&mut self, place: EventId) {
        self.place = Some(place);
        self.newest.raise(place);
    }

    fn succeed(&mut self) {
        self.backoff.succeeded();
        if self.told != Some(true) {
            self.told = Some(true);
            (self.tell)(News::Connected);
        }
    }
}

/// The events among the entries; `place` becomes the last id. Those that are none are told.
pub(crate) fn read<Ticket>(
    raw: Vec<RawEntry>,
    place: &mut EventId,
    tell: &Tell<Ticket>,
) -> RedisResult<Vec<Entry>> {
    let mut entries = Vec::with_capacity(raw.len());
    for (id, fields) in raw {
        *place = parse(&id)?;
        if is_beginning(&fields) {
            continue;
        }
        match read_fields(fields) {
            Ok(publication) => entries.push(Entry { id: *place, publication }),
            Err(why) => tell(News::Foreign(format!("entry {place}: {why}"))),
        }
    }
    Ok(entries)
}
