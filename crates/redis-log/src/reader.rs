//! The stream as it grows: one blocking XREAD, from the last id seen.
//!
//! The invariant: the place is kept over any number of connections; and wherever entries may have been
//! dropped before they were read, Redis is asked whether they were.

use std::{sync::Arc, thread};

use hub_protocol::EventId;
use redis::RedisResult;

use crate::{
    Entry, LastPage, News, Settings, Tell,
    backoff::Backoff,
    connection::{Connection, PAGE, is_an_answer, parse},
    entry::{RawEntry, read_fields},
    link::Link,
    trouble,
};

pub(crate) struct Reader<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    tell: Arc<Tell<Ticket>>,
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
        tell: &Arc<Tell<Ticket>>,
    ) -> Self {
        let (settings, link, tell) = (Arc::clone(settings), Arc::clone(link), Arc::clone(tell));
        Self { settings, link, tell, place, backoff: Backoff::new(), told: None }
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
            let raw = connection.next_entries(place, wait)?;
            // Entries may have been dropped while we were away, or slow; or they begin anew below our
            // place, and would never come.
            let doubtful = !wait || raw.is_empty() || raw.len() >= PAGE;
            if doubtful && !connection.reaches_back_to(place)? {
                place = self.lose_place(place, connection)?;
            } else if !raw.is_empty() {
                let entries = read(raw, &mut place, &*self.tell)?;
                self.place = Some(place);
                (self.tell)(News::Arrived(entries));
            }
            wait = true;
            self.succeed();
        }
        Ok(())
    }

    fn begin(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let page = LastPage::load(connection)?;
        let newest = page.newest;
        self.place = Some(newest);
        (self.tell)(News::Began(page));
        Ok(newest)
    }

    fn lose_place(&mut self, place: EventId, connection: &mut Connection) -> RedisResult<EventId> {
        let newest = connection.newest()?;
        if newest != place {
            self.place = Some(newest);
            (self.tell)(News::Lost(newest));
        }
        Ok(newest)
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
        match read_fields(fields) {
            Ok(publication) => entries.push(Entry { id: *place, publication }),
            Err(why) => tell(News::Foreign(format!("entry {place}: {why}"))),
        }
    }
    Ok(entries)
}
