//! A hub reduced to what it does with its log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use hub_protocol::{EventId, Publication, Topic, Topics};
use redis_log::{AppendError, Entry, Page, RedisLog, Settings, Update};

pub(crate) struct Hub {
    pub(crate) log: RedisLog<u64>,
    updates: Receiver<Update<u64>>,
    /// All that has arrived, in its order.
    pub(crate) arrived: Vec<Entry>,
    /// The positions that it went on from after events were lost.
    pub(crate) lost: Vec<EventId>,
    /// The number of [`Update::Disconnected`].
    pub(crate) disconnects: usize,
    answers: Vec<(u64, Result<EventId, AppendError>)>,
}

impl Hub {
    pub(crate) fn start(url: &str) -> Self {
        Self::start_after(url, None)
    }

    pub(crate) fn start_after(url: &str, after: Option<EventId>) -> Self {
        let (emit, updates) = crossbeam_channel::unbounded();
        let settings = Arc::new(Settings::from_url(url).unwrap());
        let log = RedisLog::start(&settings, after, move |update| drop(emit.send(update))).unwrap();
        Self {
            log,
            updates,
            arrived: Vec::new(),
            lost: Vec::new(),
            disconnects: 0,
            answers: Vec::new(),
        }
    }

    /// One that follows the stream already.
    pub(crate) fn following(url: &str) -> Self {
        let mut hub = Self::start(url);
        hub.until("it begins", |update| matches!(update, Update::Began(_)).then_some(()));
        hub.until_it_can_publish();
        hub
    }

    /// Waits for the first update that `wanted` wants. All that arrives on the way is kept.
    pub(crate) fn until<T>(
        &mut self,
        what: &str,
        mut wanted: impl FnMut(&Update<u64>) -> Option<T>,
    ) -> T {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let update = self.updates.recv_deadline(end).unwrap_or_else(|_| panic!("{what}"));
            let found = wanted(&update);
            self.keep(update);
            if let Some(found) = found {
                return found;
            }
        }
    }

    /// Takes in what comes within this time.
    pub(crate) fn pause(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(update) = self.updates.recv_deadline(end) {
            self.keep(update);
        }
    }

    fn keep(&mut self, update: Update<u64>) {
        match update {
            Update::Arrived(entries) => self.arrived.extend(entries),
            Update::Lost(id) => self.lost.push(id),
            Update::Disconnected(_) => self.disconnects += 1,
            Update::Appended { ticket, result } => self.answers.push((ticket, result)),
            _ => {}
        }
    }

    pub(crate) fn until_arrived(&mut self, id: EventId) {
        let last = |entries: &[Entry]| entries.last().is_some_and(|entry| entry.id >= id);
        if !last(&self.arrived) {
            self.until(&format!("{id} arrives"), |update| match update {
                Update::Arrived(entries) => last(entries).then_some(()),
                _ => None,
            });
        }
    }

    /// Waits until the entry has arrived, or was lost.
    pub(crate) fn until_arrived_or_lost(&mut self, id: EventId) {
        let passed = |entries: &[Entry], lost: &[EventId]| {
            entries.last().is_some_and(|entry| entry.id >= id)
                || lost.last().is_some_and(|lost| *lost >= id)
        };
        if !passed(&self.arrived, &self.lost) {
            self.until(&format!("{id} arrives"), |update| match update {
                Update::Arrived(entries) => passed(entries, &[]).then_some(()),
                Update::Lost(lost) => passed(&[], &[*lost]).then_some(()),
                _ => None,
            });
        }
    }

    /// Publishes, and waits for the answer.
    pub(crate) fn publish(&mut self, topic: &str, data: &str) -> Result<EventId, AppendError> {
        self.append(0, topic, data)?;
        self.answer(0)
    }

    /// Publishes; the answer comes later, unless it is refused at once.
    pub(crate) fn append(&self, ticket: u64, topic: &str, data: &str) -> Result<(), AppendError> {
        let publication =
            Publication { topics: topics(&[topic]), event: None, data: data.as_bytes().to_vec() };
        self.log.append(publication, ticket).map_err(|(_, error)| error)
    }

    pub(crate) fn answer(&mut self, ticket: u64) -> Result<EventId, AppendError> {
        if let Some(at) = self.answers.iter().position(|(of, _)| *of == ticket) {
            return self.answers.swap_remove(at).1;
        }
        self.until("an answer comes", |update| match update {
            Update::Appended { ticket: of, .. } if *of == ticket => Some(()),
            _ => None,
        });
        self.answers.pop().unwrap().1
    }

    pub(crate) fn until_it_can_publish(&mut self) {
        let end = Instant::now() + Duration::from_secs(20);
        while let Err(error) = self.publish("ready", "") {
            assert!(Instant::now() < end, "{error}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn page(&mut self, after: EventId, up_to: EventId) -> Page {
        self.log.page(after, up_to, 7);
        self.until("the page comes", |update| match update {
            Update::Page { ticket: 7, page } => Some(page.clone()),
            _ => None,
        })
    }

    pub(crate) fn check_ids(&mut self, ids: &[EventId]) -> Option<Vec<bool>> {
        self.log.check_ids(ids.to_vec(), 7);
        self.until("the ids are checked", |update| match update {
            Update::CheckedIds { ticket: 7, exist } => Some(exist.clone()),
            _ => None,
        })
    }

    /// All pages after an entry; `None` when it is gone, or Redis is.
    pub(crate) fn range(&mut self, mut after: EventId, up_to: EventId) -> Option<Vec<Entry>> {
        let mut range = Vec::new();
        loop {
            let Page::Next { entries, last, is_end } = self.page(after, up_to) else { return None };
            range.extend(entries);
            after = last;
            if is_end {
                return Some(range);
            }
        }
    }

    /// Waits until the stream cannot be followed, and returns why.
    pub(crate) fn until_disconnected(&mut self) -> String {
        self.until("the connection is lost", |update| match update {
            Update::Disconnected(why) => Some(why.clone()),
            _ => None,
        })
    }

    /// Waits until events are lost, and returns the position that it goes on from.
    pub(crate) fn until_lost(&mut self) -> EventId {
        self.until("events are lost", |update| match update {
            Update::Lost(id) => Some(*id),
            _ => None,
        })
    }

    /// Returns the data that arrived under a topic, as text.
    pub(crate) fn data(&self, topic: &str) -> Vec<String> {
        data(&self.arrived, topic)
    }
}

pub(crate) fn topics(names: &[&str]) -> Topics {
    let names = names.iter().map(|name| Topic::new(name.as_bytes()).unwrap());
    Topics::try_from(names.collect::<Vec<_>>()).unwrap()
}

pub(crate) fn data(entries: &[Entry], topic: &str) -> Vec<String> {
    let under = entries.iter().filter(|entry| entry.publication.topics == topics(&[topic]));
    under.map(|entry| String::from_utf8(entry.publication.data.clone()).unwrap()).collect()
}
