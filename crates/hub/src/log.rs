//! Gives events their ids and order: in this hub alone, or in Redis for several hubs.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, bounded};
use hub_protocol::{EventId, Publication};
use redis_log::{AppendError, RedisLog, Settings, Update as LogUpdate};
use rustix::event::{EventfdFlags, eventfd};
use serde_json::{Value, json};

use crate::ids::Ids;
use crate::process::journal::note;
use crate::process::remarks::Remarks;

/// The most updates of the log that may wait. Beyond that, reading from Redis waits for the hub.
const UPDATES: usize = 1024;

/// The source of ids.
#[derive(Debug)]
pub(crate) enum Log {
    /// This hub.
    Local(Ids),
    /// Redis.
    Shared(SharedLog),
}

/// Names who waits for a reply of Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// The connection with this token, for the id of its event.
    Publisher(u64),
    /// Pending replays, by the number of the request.
    Replay(u64),
}

/// A log to which other hubs publish, too.
#[derive(Debug)]
pub(crate) struct SharedLog {
    log: RedisLog<Ticket>,
    settings: Arc<Settings>,
    updates: Receiver<LogUpdate<Ticket>>,
    /// Readable when there are updates.
    waker: Arc<OwnedFd>,
    /// `None` while the first connection is being made.
    connected: Option<bool>,
    /// The number of entries that were no events.
    foreign: u64,
    noted: Noted,
}

/// The state that limits what is logged about Redis: nothing is logged without end.
#[derive(Debug, Default)]
struct Noted {
    losses: Remarks,
    /// True if the last loss of the connection was logged: then its end is, too.
    last_loss: bool,
    refusals: Remarks,
    /// The error with which Redis refuses events at present.
    refusal: Option<String>,
    large: Remarks,
    lost: Remarks,
}

impl Log {
    /// The id after which all new ids come, if it is known.
    pub(crate) fn last(&self) -> Option<EventId> {
        match self {
            Self::Local(ids) => Some(ids.last()),
            Self::Shared(_) => None,
        }
    }

    /// The time at which the hub before may have given its last id; its events are lost.
    pub(crate) fn lost(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Local(ids) => ids.inherited_at(now),
            Self::Shared(_) => None,
        }
    }

    /// Saves the last id in this file from now on.
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

    /// The log in Redis, if events are shared.
    pub(crate) fn shared(&self) -> Option<&SharedLog> {
        match self {
            Self::Local(_) => None,
            Self::Shared(shared) => Some(shared),
        }
    }
}

impl SharedLog {
    /// Follows the stream after an id, or from its last page on.
    ///
    /// # Errors
    ///
    /// When the system has no thread or descriptor left.
    pub(crate) fn start(settings: Arc<Settings>, after: Option<EventId>) -> io::Result<Self> {
        let waker = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let (to_hub, updates) = bounded(UPDATES);
        let wake = Arc::clone(&waker);
        let log = RedisLog::start(&settings, after, move |update| {
            // It fails only when the hub ends.
            if to_hub.send(update).is_ok() {
                let _ = rustix::io::write(&wake, &1_u64.to_ne_bytes());
            }
        })?;
        let noted = Noted { last_loss: true, ..Noted::default() };
        Ok(Self { log, settings, updates, waker, connected: None, foreign: 0, noted })
    }

    pub(crate) fn waker(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.waker)
    }

    /// Wakes the hub again if more updates are waiting.
    pub(crate) fn wake_if_more(&self) {
        if !self.updates.is_empty() {
            let _ = rustix::io::write(&self.waker, &1_u64.to_ne_bytes());
        }
    }

    /// Rearms the waker. The caller processes updates in any case.
    pub(crate) fn drain_waker(&self) {
        let _ = rustix::io::read(&self.waker, &mut [0; 8]);
    }

    /// Publishes; the reply is an update of the log.
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

    /// Asks which of these ids Redis has; the reply is an update of the log.
    pub(crate) fn check_ids(&self, ids: Vec<EventId>, request: u64) {
        self.log.check_ids(ids, Ticket::Replay(request));
    }

    /// Asks for a page of the entries after an id, up to another; the reply is an update of the log.
    pub(crate) fn page(&self, after: EventId, up_to: EventId, request: u64) {
        self.log.page(after, up_to, Ticket::Replay(request));
    }

    /// Returns the next update of the log; logs what only the operator needs to know.
    pub(crate) fn next(&mut self) -> Option<LogUpdate<Ticket>> {
        let update = self.updates.try_recv().ok()?;
        let now = Instant::now();
        match &update {
            LogUpdate::Connected => self.note_connection(None, now),
            LogUpdate::Disconnected(why) => self.note_connection(Some(why), now),
            LogUpdate::Lost(position) => {
                if let Some(end) = self.noted.lost.next(now) {
                    note!(
                        "Redis has lost or dropped events, all clients get a reset; continuing from \
                         {position}{end}"
                    );
                }
            }
            LogUpdate::Foreign(why) => {
                self.foreign += 1;
                // Not for each of thousands.
                if self.foreign.is_power_of_two() {
                    note!(
                        "skipped an entry in Redis that is not an event: {why} ({} so far)",
                        self.foreign
                    );
                }
            }
            LogUpdate::TooLarge { id, length } => {
                if let Some(end) = self.noted.large.next(now) {
                    note!(
                        "event {id} in Redis has {length} bytes, more than --max-event; all clients get a \
                         reset in its stead{end}"
                    );
                }
            }
            LogUpdate::Appended { result, .. } => self.note_refusal(result.as_ref().err(), now),
            LogUpdate::Began(_)
            | LogUpdate::Arrived(_)
            | LogUpdate::CheckedIds { .. }
            | LogUpdate::Page { .. } => {}
        }
        Some(update)
    }

    /// Notes that the stream can be followed, or why it cannot.
    fn note_connection(&mut self, lost: Option<&str>, now: Instant) {
        self.connected = Some(lost.is_none());
        let Some(why) = lost else {
            if self.noted.last_loss {
                note!("connected to Redis at {}", self.settings);
            }
            return;
        };
        let end = self.noted.losses.next(now);
        self.noted.last_loss = end.is_some();
        if let Some(end) = end {
            note!("no connection to Redis at {}: {why}{end}", self.settings);
        }
    }

    /// Logs a refusal of Redis; the publisher gets it in any case.
    fn note_refusal(&mut self, error: Option<&AppendError>, now: Instant) {
        let refusal = match error {
            None => None,
            Some(AppendError::Refused(why)) => Some(why),
            // Logged with the connection.
            Some(AppendError::Unavailable(_) | AppendError::Unknown(_)) => return,
        };
        if self.noted.refusal.as_ref() == refusal {
            return;
        }
        self.noted.refusal = refusal.cloned();
        if let Some(why) = refusal
            && let Some(end) = self.noted.refusals.next(now)
        {
            note!("Redis at {} refuses events: {why}{end}", self.settings);
        }
    }

    /// True while the first connection is being made.
    pub(crate) fn is_connecting(&self) -> bool {
        self.connected.is_none()
    }

    /// Its part of the hub's report.
    pub(crate) fn report(&self) -> Value {
        json!({ "server": self.settings.to_string(), "connected": self.connected == Some(true) })
    }
}
