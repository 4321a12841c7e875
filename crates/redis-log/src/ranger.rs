//! XRANGE, for what a hub no longer has in memory.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::Receiver;
use hub_protocol::{EventId, Topics};
use redis::RedisResult;

use crate::{Entry, News, Settings, Tell, connection::Connection, reader::read};

/// For how long nothing is asked of a Redis that has just failed.
const PAUSE: Duration = Duration::from_secs(1);

/// A question.
#[derive(Debug)]
pub(crate) struct Range<Ticket> {
    pub(crate) topics: Topics,
    pub(crate) after: EventId,
    pub(crate) up_to: EventId,
    pub(crate) ticket: Ticket,
}

pub(crate) struct Ranger<Ticket> {
    settings: Arc<Settings>,
    questions: Receiver<Range<Ticket>>,
    tell: Arc<Tell<Ticket>>,
    connection: Option<Connection>,
    failed: Option<Instant>,
}

impl<Ticket> Ranger<Ticket> {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        questions: Receiver<Range<Ticket>>,
        tell: &Arc<Tell<Ticket>>,
    ) -> Self {
        let (settings, tell) = (Arc::clone(settings), Arc::clone(tell));
        Self { settings, questions, tell, connection: None, failed: None }
    }

    pub(crate) fn run(mut self) {
        while let Ok(range) = self.questions.recv() {
            let entries = self.answer(&range);
            (self.tell)(News::Range { ticket: range.ticket, entries });
        }
    }

    /// `None` when the range cannot be told whole. A connection that was kept may be dead: then another is
    /// asked.
    fn answer(&mut self, range: &Range<Ticket>) -> Option<Vec<Entry>> {
        let pausing = self.failed.is_some_and(|failed| failed.elapsed() < PAUSE);
        if pausing {
            return None;
        }
        let kept = self.connection.take();
        let answer = kept.and_then(|connection| self.ask(connection, range).ok());
        let answer = answer.map_or_else(
            || Connection::open(&self.settings).and_then(|new| self.ask(new, range)),
            Ok,
        );
        self.failed = answer.is_err().then(Instant::now);
        answer.ok().flatten()
    }

    fn ask(
        &mut self,
        mut connection: Connection,
        range: &Range<Ticket>,
    ) -> RedisResult<Option<Vec<Entry>>> {
        let (mut entries, mut after) = (Vec::new(), range.after);
        while after < range.up_to {
            let page = connection.page(after, range.up_to)?;
            if page.is_empty() {
                break;
            }
            let page = read(page, &mut after, &|_: News<Ticket>| {})?;
            let wanted = page.into_iter().filter(|entry| follows(&range.topics, entry));
            entries.extend(wanted);
        }
        // Asked last: what is there now was there all along.
        let whole = connection.reaches_back_to(range.after)?;
        self.connection = Some(connection);
        Ok(whole.then_some(entries))
    }
}

fn follows(topics: &Topics, entry: &Entry) -> bool {
    entry.publication.topics.iter().any(|topic| topics.binary_search(topic).is_ok())
}
