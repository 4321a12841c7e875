//! Follows the stream: one blocking XREAD, from the last id seen.
//!
//! The invariant: the position is kept over any number of connections, and is always an entry. Each read of entries
//! also asks for that one: if it is gone, others may have been dropped before they were read, and that is reported
//! first.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use hub_protocol::EventId;
use redis::RedisResult;

use crate::backoff::{Backoff, STEADY};
use crate::connection::{Connection, is_error_reply, parse_id};
use crate::error_text;
use crate::limits::BLOCK;
use crate::link::Link;
use crate::newest::Newest;
use crate::reading::decode;
use crate::reply::malformed;
use crate::settings::Settings;
use crate::update::{Emit, LastPage, Update};

pub(crate) struct Reader<Ticket> {
    settings: Arc<Settings>,
    link: Arc<Link<Ticket>>,
    emit: Arc<Emit<Ticket>>,
    newest: Arc<Newest>,
    /// The last id seen; `None` before the first connection.
    position: Option<EventId>,
    backoff: Backoff,
    /// True if [`Update::Connected`] was reported last, false if [`Update::Disconnected`] was.
    reported: Option<bool>,
    /// When this connection began to follow; `None` before its first reply.
    followed_since: Option<Instant>,
}

impl<Ticket> Reader<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        link: &Arc<Link<Ticket>>,
        position: Option<EventId>,
        newest: &Arc<Newest>,
        emit: &Arc<Emit<Ticket>>,
    ) -> Self {
        let (settings, link, emit) = (Arc::clone(settings), Arc::clone(link), Arc::clone(emit));
        let newest = Arc::clone(newest);
        let backoff = Backoff::new();
        Self {
            settings,
            link,
            emit,
            newest,
            position,
            backoff,
            reported: None,
            followed_since: None,
        }
    }

    pub(crate) fn run(mut self) {
        while !self.link.is_closed() {
            let end = Connection::open(&self.settings)
                .map_err(|error| Some(error_text::for_connect(&error, &self.settings)))
                .and_then(|opened| self.follow(opened));
            if let Err(why) = end {
                if let Some(why) = why
                    && self.reported != Some(false)
                {
                    self.reported = Some(false);
                    (self.emit)(Update::Disconnected(why));
                }
                thread::sleep(self.backoff.next_wait());
            }
        }
    }

    /// Follows until the connection is lost or the hub shuts down, and returns the reason of a loss. There is
    /// none if a connection was closed that had lasted for [`STEADY`]: proxies close those that wait, and it is
    /// reported only if reconnecting fails.
    fn follow(&mut self, mut connection: Connection) -> Result<(), Option<String>> {
        connection.allow_to_block();
        self.followed_since = None;
        let end = self.read_entries(&mut connection);
        let was_steady = self.followed_since.is_some_and(|since| since.elapsed() >= STEADY);
        end.map_err(|error| {
            if !is_error_reply(&error) {
                self.link.request_ping();
            }
            let is_worth_reporting = !(was_steady && error_text::is_disconnect(&error));
            is_worth_reporting.then(|| error_text::for_command(&error, &self.settings))
        })
    }

    fn read_entries(&mut self, connection: &mut Connection) -> RedisResult<()> {
        let mut position = self.position.map_or_else(|| self.load_last_page(connection), Ok)?;
        let mut wait = false;
        while !self.link.is_closed() {
            let asked = Instant::now();
            match connection.next_entries(position, wait)? {
                None => {
                    position = self.reposition(connection)?;
                    // Slows down where the stream is lost again and again.
                    thread::sleep(self.backoff.next_wait());
                }
                Some(raw) if raw.is_empty() => {
                    if wait && asked.elapsed() < BLOCK / 2 {
                        return Err(malformed("an answer that was to wait for entries"));
                    }
                }
                Some(raw) => {
                    let entries =
                        decode(raw, &mut position, self.settings.max_event(), &*self.emit)?;
                    self.set_position(position);
                    (self.emit)(Update::Arrived(entries));
                }
            }
            wait = true;
            self.note_success();
        }
        Ok(())
    }

    fn load_last_page(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let page = LastPage::load(connection, self.newest.get(), self.settings.max_event())?;
        let newest = page.newest;
        self.set_position(newest);
        (self.emit)(Update::Began(page));
        Ok(newest)
    }

    fn reposition(&mut self, connection: &mut Connection) -> RedisResult<EventId> {
        let last = connection.last_entries(1, self.newest.get())?;
        let newest = last.entries.last().map_or(Ok(EventId::ZERO), |(id, _)| parse_id(id))?;
        self.set_position(newest);
        (self.emit)(Update::Lost(newest));
        Ok(newest)
    }

    fn set_position(&mut self, position: EventId) {
        self.position = Some(position);
        self.newest.raise(position);
    }

    fn note_success(&mut self) {
        let since = self.followed_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= STEADY {
            self.backoff.reset();
        }
        if self.reported != Some(true) {
            self.reported = Some(true);
            (self.emit)(Update::Connected);
        }
    }
}
