//! Where events get their ids and their order: in this hub alone, or in Redis, with other hubs.

use std::{io, os::fd::OwnedFd, path::Path, sync::Arc, time::Instant};

use crossbeam_channel::{Receiver, bounded};
use hub_protocol::{EventId, Publication};
use redis_log::{AppendError, News, RedisLog, Settings};
use rustix::event::{EventfdFlags, eventfd};
use serde_json::{Value, json};

use crate::ids::Ids;
use crate::process::journal::note;
use crate::process::remarks::Remarks;

/// How many pieces of news may wait. A hub that is further behind has Redis wait.
const NEWS: usize = 1024;

/// Where events get their ids.
#[derive(Debug)]
pub(crate) enum Log {
    /// From this hub.
    Local(Ids),
    /// From Redis.
    Shared(Shared),
}

/// Who waits for an answer of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// The connection with this token, for the id of what it has published.
    Publisher(u64),
    /// Streams that wait for what they have missed, by the number of the question.
    Replay(u64),
}

/// A log that other hubs publish to, too.
#[derive(Debug)]
pub(crate) struct Shared {
    log: RedisLog<Ticket>,
    settings: Arc<Settings>,
    updates: Receiver<News<Ticket>>,
    /// Readable when there is news.
    waker: Arc<OwnedFd>,
    /// `None` while the first connection is being made.
    connected: Option<bool>,
    foreign: u64,
    said: Said,
}

/// What of Redis was noted.
#[derive(Debug, Default)]
struct Said {
    losses: Remarks,
    /// Whether the last loss of the connection was noted: then its end is, too.
    last_loss: bool,
    refusals: Remarks,
    /// What Redis refuses events with just now.
    refusal: Option<String>,
    large: Remarks,
    lost: Remarks,
}

impl Log {
    /// The id that everything new comes after, if it is known.
    pub(crate) fn last(&self) -> Option<EventId> {
        match self {
            Self::Local(ids) => Some(ids.last()),
            Self::Shared(_) => None,
        }
    }

    /// When a hub before this one has given out its last id, whose events nobody has any more.
    pub(crate) fn lost(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Local(ids) => ids.marked(now),
            Self::Shared(_) => None,
        }
    }

    /// Where the last id stands from now on.
    ///
    /// # Errors
    ///
    /// Those of open(2).
    pub(crate) fn move_to(&mut self, path: &Path) -> io::Result<()> {
        match self {
            Self::Local(ids) => ids.move_to(path),
            Self::Shared(_) => Ok(()),
        }
    }

    /// The log, if it is Redis.
    pub(crate) fn shared(&self) -> Option<&Shared> {
        match self {
            Self::Local(_) => None,
            Self::Shared(shared) => Some(shared),
        }
    }
}

impl Shared {
    /// Follows the stream after an id, or from its last page on.
    ///
    /// # Errors
    ///
    /// When the system has no thread or descriptor left.
    pub(crate) fn start(settings: Arc<Settings>, after: Option<EventId>) -> io::Result<Self> {
        let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (to_hub, updates) = bounded(NEWS);
        let ring = Arc::clone(&waker);
        let log = RedisLog::start(&settings, after, move |told| {
            // It fails only when the hub ends.
            if to_hub.send(told).is_ok() {
                let _ = rustix::io::write(&ring, &1_u64.to_ne_bytes());
            }
        })?;
        let said = Said { last_loss: true, ..Said::default() };
        Ok(Self { log, settings, updates, waker, connected: None, foreign: 0, said })
    }

    pub(crate) fn waker(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.waker)
    }

    /// Wakes the hub again if there is more from Redis.
    pub(crate) fn wake_if_more(&self) {
        if !self.updates.is_empty() {
            let _ = rustix::io::write(&self.waker, &1_u64.to_ne_bytes());
        }
    }

    /// Lets the waker wake the hub again. What it was woken for is looked at in any case.
    pub(crate) fn drain_waker(&self) {
        let _ = rustix::io::read(&self.waker, &mut [0; 8]);
    }

    /// Publishes; the answer is news.
    ///
    /// # Errors
    ///
    /// When it is refused at once.
    pub(crate) fn append(
        &self,
        publication: Publication,
        publisher: u64,
    ) -> Result<(), AppendError> {
        self.log.append(publication, Ticket::Publisher(publisher)).map_err(|(_, error)| error)
    }

    /// Asks which ids are those of entries that are there; the answer is news.
    pub(crate) fn check_ids(&self, ids: Vec<EventId>, question: u64) {
        self.log.held(ids, Ticket::Replay(question));
    }

    /// Asks for some of what comes after an entry, up to an id; the answer is news.
    pub(crate) fn page(&self, after: EventId, up_to: EventId, question: u64) {
        self.log.page(after, up_to, Ticket::Replay(question));
    }

    /// The next piece of news; what concerns only who runs the hub is noted here.
    pub(crate) fn next(&mut self) -> Option<News<Ticket>> {
        let news = self.updates.try_recv().ok()?;
        let now = Instant::now();
        match &news {
            News::Connected => self.note_connection(None, now),
            News::Disconnected(why) => self.note_connection(Some(why), now),
            News::Lost(position) => {
                if let Some(end) = self.said.lost.next(now) {
                    note!(
                        "Redis has lost or dropped events, streams are told to begin anew; on from \
                         {position}{end}"
                    );
                }
            }
            News::Foreign(why) => {
                self.foreign += 1;
                // Not for every one of thousands.
                if self.foreign.is_power_of_two() {
                    note!("not an event in Redis: {why} ({} so far)", self.foreign);
                }
            }
            News::TooLarge { id, length } => {
                if let Some(end) = self.said.large.next(now) {
                    note!(
                        "event {id} in Redis has {length} bytes, more than this hub takes; its streams are \
                         told that they have missed it{end}"
                    );
                }
            }
            News::Appended { result, .. } => self.note_refusal(result.as_ref().err(), now),
            News::Began(_) | News::Arrived(_) | News::Held { .. } | News::Page { .. } => {}
        }
        Some(news)
    }

    /// The stream can be followed, or cannot, for this reason.
    fn note_connection(&mut self, lost: Option<&str>, now: Instant) {
        self.connected = Some(lost.is_none());
        let Some(why) = lost else {
            if self.said.last_loss {
                note!("connected to Redis at {}", self.settings);
            }
            return;
        };
        let end = self.said.losses.next(now);
        self.said.last_loss = end.is_some();
        if let Some(end) = end {
            note!("no connection to Redis at {}: {why}{end}", self.settings);
        }
    }

    /// What is wrong with Redis is for who runs the hub, too, and not only for who publishes.
    fn note_refusal(&mut self, error: Option<&AppendError>, now: Instant) {
        let refusal = match error {
            None => None,
            Some(AppendError::Refused(why)) => Some(why),
            // That is said with the connection.
            Some(AppendError::Unavailable(_) | AppendError::Unknown(_)) => return,
        };
        if self.said.refusal.as_ref() == refusal {
            return;
        }
        self.said.refusal = refusal.cloned();
        if let Some(why) = refusal
            && let Some(end) = self.said.refusals.next(now)
        {
            note!("Redis at {} refuses events: {why}{end}", self.settings);
        }
    }

    /// Whether the first connection is still being made.
    pub(crate) fn is_connecting(&self) -> bool {
        self.connected.is_none()
    }

    /// For the hub's report.
    pub(crate) fn report(&self) -> Value {
        json!({ "server": self.settings.to_string(), "connected": self.connected == Some(true) })
    }
}
