//! Reads older entries from Redis by XRANGE, page by page, for replays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use hub_protocol::EventId;
use redis::RedisResult;

use crate::connection::Connection;
use crate::entry::{Field, Part, RawEntry};
use crate::limits::PAGE;
use crate::reading::decode;
use crate::settings::Settings;
use crate::update::{Emit, Page, Update};

/// After a failure, Redis is not queried for this long.
const PAUSE: Duration = Duration::from_secs(1);

/// The size that pages aim at, in bytes of entries.
const PAGE_BYTES: usize = 256 * 1024;

/// The number of entries of the first page.
const FIRST_PAGE: usize = 32;

/// A query of the hub.
#[derive(Debug)]
pub(crate) enum Query {
    /// Asks which of these ids the stream has entries of.
    CheckIds(Vec<EventId>),
    /// Asks for entries after one, up to an id.
    Page { after: EventId, up_to: EventId },
}

enum QueryResult {
    CheckedIds(Vec<bool>),
    Page(Page),
}

pub(crate) struct History<Ticket> {
    settings: Arc<Settings>,
    queries: Receiver<(Query, Ticket)>,
    emit: Arc<Emit<Ticket>>,
    connection: Option<Connection>,
    failed: Option<Instant>,
    /// The number of entries of the next page.
    count: usize,
}

impl<Ticket> History<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        queries: Receiver<(Query, Ticket)>,
        emit: &Arc<Emit<Ticket>>,
    ) -> Self {
        let (settings, emit) = (Arc::clone(settings), Arc::clone(emit));
        Self { settings, queries, emit, connection: None, failed: None, count: FIRST_PAGE }
    }

    pub(crate) fn run(mut self) {
        while let Ok((query, ticket)) = self.queries.recv() {
            let answer = self.execute(&query);
            (self.emit)(match (answer, query) {
                (Some(QueryResult::CheckedIds(exist)), _) => {
                    Update::CheckedIds { ticket, exist: Some(exist) }
                }
                (Some(QueryResult::Page(page)), _) => Update::Page { ticket, page },
                (None, Query::CheckIds(_)) => Update::CheckedIds { ticket, exist: None },
                (None, Query::Page { .. }) => Update::Page { ticket, page: Page::Unavailable },
            });
        }
    }

    /// Returns `None` if Redis cannot be reached. The connection that was kept may be dead: then a new one is
    /// opened.
    fn execute(&mut self, query: &Query) -> Option<QueryResult> {
        let pausing = self.failed.is_some_and(|failed| failed.elapsed() < PAUSE);
        if pausing {
            return None;
        }
        let kept = self.connection.take();
        let kept = kept.and_then(|mut kept| kept.is_usable().then_some(kept));
        let answer = kept.and_then(|connection| self.query(connection, query).ok());
        let answer = answer.map_or_else(
            || Connection::open(&self.settings).and_then(|new| self.query(new, query)),
            Ok,
        );
        self.failed = answer.is_err().then(Instant::now);
        answer.ok()
    }

    fn query(&mut self, mut connection: Connection, query: &Query) -> RedisResult<QueryResult> {
        let answer = match query {
            Query::CheckIds(ids) => QueryResult::CheckedIds(check_ids(&mut connection, ids)?),
            Query::Page { after, up_to } => {
                QueryResult::Page(self.page(&mut connection, *after, *up_to)?)
            }
        };
        self.connection = Some(connection);
        Ok(answer)
    }

    /// Reads the entry itself with those after it: if it still exists, none of them is missing.
    fn page(
        &mut self,
        connection: &mut Connection,
        after: EventId,
        up_to: EventId,
    ) -> RedisResult<Page> {
        let count = self.count;
        let part = connection.page(after, up_to.max(after), count + 1)?;
        let Part { entries: mut raw, is_cut } = part;
        if raw.first().is_none_or(|(id, _)| *id != after.to_string()) {
            return Ok(Page::Gone);
        }
        let is_end = !is_cut && raw.len() <= count;
        self.fit(&raw);
        raw.remove(0);
        let mut last = after;
        let entries = decode(raw, &mut last, self.settings.max_event(), &|_: Update<Ticket>| {})?;
        Ok(Page::Next { entries, last, is_end })
    }

    /// Sizes the next page by these entries, so that a page takes little memory where they are large, and
    /// little time where they are small.
    fn fit(&mut self, raw: &[RawEntry]) {
        let fields = raw.iter().flat_map(|(_, fields)| fields);
        let bytes = fields.map(Field::len).sum::<usize>().max(1);
        let fitting = raw.len() * PAGE_BYTES / bytes;
        self.count = fitting.clamp(1, (self.count * 2).min(PAGE));
    }
}

/// Looks them up one by one: an entry may be large.
fn check_ids(connection: &mut Connection, ids: &[EventId]) -> RedisResult<Vec<bool>> {
    ids.iter().map(|id| connection.contains(*id)).collect()
}
