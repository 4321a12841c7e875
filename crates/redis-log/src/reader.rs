//! The stream as it grows: one blocking XREAD, from the last id seen.
//!
//! The invariant: the place is kept over any number of connections, and is always an entry. Whenever entries
//! are read, that one is asked for, too: where it is gone, others may have been dropped before they were
//! read, and that is told first.

use std::{sync::Arc, thread, time::Instant};

use hub_protocol::EventId;
use redis::RedisResult;

use crate::{
    Entry, LastPage, News, Settings, Tell,
    backoff::{Backoff, STEADY},
    connection::{BLOCK, Connection, is_an_answer, parse},
    entry::{RawEntry, Said, is_beginning, read_fields},
    link::Link,
    newest::Newest,
    reply::malformed,
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
    /// Since when it is followed on this connection.
    followed: Option<Instant>,
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
        let backoff = Backoff::new();
        Self { settings, link, tell, newest, place, backoff, told: None, followed: None }
    }

    pub(crate) fn run(mut self) {
        while !self.link.ended() {
            let end = Connection::open(&self.settings)
                .map_err(|error| Some(trouble::of_opening(&error, &self.settings)))
                .and_then(|opened| self.follow(opened));
            if let Err(why) = end {
                if let Some(why) = why
                    && self.told != Some(false)
                {
                    self.told = Some(false);
                    (self.tell)(News::Disconnected(why));
                }
                thread::sleep(self.backoff.failed());
            }
        }
    }

    /// Until the connection is lost, and why, or the hub ends. That one is cut which has stood for a while
    /// is not worth a word (proxies do that to those that wait), unless there is no other.
    fn follow(&mut self, mut connection: Connection) -> Result<(), Option<String>> {
        connection.allow_to_block();
        self.followed = None;
        let end = self.read_on(&mut connection);
        let was_steady = self.followed.is_some_and(|since| since.elapsed() >= STEADY);
        end.map_err(|error| {
            if !is_an_answer(&error) {
                self.link.doubt();
            }
            let is_worth_a_word = !(was_steady && trouble::is_hang_up(&error));
            is_worth_a_word.then(|| trouble::of(&error, &self.settings))
        })
    }

    fn read_on(&mut self, connection: &mut Connection) -> RedisResult<()> {
        let mut place = self.place.map_or_else(|| self.begin(connection), Ok)?;
        let mut wait = false;
        while !self.link.ended() {
            let asked = Instant::now();
            match connection.next_entries(place, wait)? {
                None => {
                    place = self.lose_place(connection)?;
                    // Not for each of many in a row.
                    thread::sleep(self.backoff.failed());
                }
                Some(raw) if raw.is_empty() => {
                    if wait && asked.elapsed() < BLOCK / 2 {
                        return Err(malformed("an answer that was to wait for entries"));
                    }
                }
                Some(raw) => {
                    let entries = read(raw, &mut place, self.settings.max_event(), &*self.tell)?;
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
        let page = LastPage::load(connection, self.newest.get(), self.settings.max_event())?;
        let newest = page.newest;
        self.take_place(newest);
        (self.tell)(News::Began(page));
        Ok(newest)
    }

    fn lose_place(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let last = connection.last_entries(1, self.newest.get())?;
        let newest = last.entries.last().map_or(Ok(EventId::ZERO), |(id, _)| parse(id))?;
        self.take_place(newest);
        (self.tell)(News::Lost(newest));
        Ok(newest)
    }

    fn take_place(&mut self, place: EventId) {
        self.place = Some(place);
        self.newest.raise(place);
    }

    fn succeed(&mut self) {
        let since = self.followed.get_or_insert_with(Instant::now);
        if since.elapsed() >= STEADY {
            self.backoff.succeeded();
        }
        if self.told != Some(true) {
            self.told = Some(true);
            (self.tell)(News::Connected);
        }
    }
}

/// The events among the entries; `place` becomes the last id, and may only grow. Those that are none are told.
pub(crate) fn read<Ticket>(
    raw: Vec<RawEntry>,
    place: &mut EventId,
    max_event: usize,
    tell: &Tell<Ticket>,
) -> RedisResult<Vec<Entry>> {
    let mut entries = Vec::with_capacity(raw.len());
    for (id, fields) in raw {
        let id = parse(&id)?;
        if id <= *place {
            return Err(malformed("entries that are out of order"));
        }
        *place = id;
        if is_beginning(&fields) {
            continue;
        }
        match read_fields(fields, max_event) {
            Ok(Said { publication, too_long }) => {
                if let Some(length) = too_long {
                    tell(News::TooLarge { id, length });
                }
                entries.push(Entry { id, publication });
            }
            Err(why) => tell(News::Foreign(format!("entry {id}: {why}"))),
        }
    }
    Ok(entries)
}
