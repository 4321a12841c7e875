//! The updates that are kept, for clients that reconnect and ask for what they have missed.
//!
//! The invariant: [`Backlog::since`] returns every update of some topics after an id, in order and each once, or
//! reports that it cannot.
//!
//! # Layout
//!
//! * `rings`: the ids of each topic's updates, and the id after which none of them was lost

mod rings;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use hub_protocol::{EventId, Topic};
use redis_log::{Entry, LastPage};
use rings::Rings;

use crate::config::BacklogLimits;
use crate::memory::{ALLOCATION, Tally};
use crate::update::Update;

/// Topics without updates may take one in so many of the bytes.
const SHARE_OF_EMPTY: usize = 4;

/// The bytes that an update takes beside itself: a tree has up to twice the room.
const ENTRY: usize = 2 * size_of::<(EventId, Kept)>() + ALLOCATION;

/// The updates that are kept.
#[derive(Debug)]
pub(crate) struct Backlog {
    limits: BacklogLimits,
    updates: BTreeMap<EventId, Kept>,
    rings: Rings,
    /// The memory that the updates take.
    tally: Arc<Tally>,
    newest: EventId,
    /// Every update since this id has passed here. `None` while the newest id of the log is not known.
    began: Option<EventId>,
    /// When the last update arrived that is not kept any more.
    evicted: Option<Instant>,
}

/// An update that is kept. It counts in the tally for as long as this lives.
#[derive(Debug)]
struct Kept {
    update: Arc<Update>,
    /// The number of topics that still list it.
    rings: usize,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.update.let_go();
    }
}

/// A backlog as it is passed on to another program.
#[derive(Debug)]
pub(crate) struct BacklogSnapshot {
    pub(crate) newest: EventId,
    pub(crate) began: Option<EventId>,
    pub(crate) floor: EventId,
    pub(crate) evicted: Option<Instant>,
    pub(crate) floors: Vec<(Topic, EventId)>,
    pub(crate) updates: Vec<Update>,
}

/// The updates that a client has missed.
#[derive(Debug)]
pub(crate) enum Missed {
    /// These, in order.
    Updates(Vec<Arc<Update>>),
    /// Some that are not kept any more.
    Evicted,
}

impl Backlog {
    /// A backlog without updates. Nothing is known of updates before `start`, or of any if that is unknown.
    pub(crate) fn new(limits: BacklogLimits, start: Option<EventId>) -> Self {
        let newest = start.unwrap_or_default();
        Self {
            limits,
            updates: BTreeMap::new(),
            rings: Rings::new(newest),
            tally: Arc::default(),
            newest,
            began: start,
            evicted: None,
        }
    }

    /// Restores the backlog of another hub.
    pub(crate) fn restored(limits: BacklogLimits, snapshot: BacklogSnapshot) -> Self {
        let mut backlog = Self::new(limits, snapshot.began);
        backlog.rings = Rings::new(snapshot.floor);
        backlog.evicted = snapshot.evicted;
        for (topic, floor) in snapshot.floors {
            backlog.rings.restore(topic, floor);
        }
        for update in snapshot.updates {
            backlog.insert(&Arc::new(update));
        }
        // Only now: topics without an update are forgotten, and by now the topics have theirs.
        backlog.expire(Instant::now());
        backlog.newest = snapshot.newest;
        backlog
    }

    /// True once the newest id of the log is known.
    pub(crate) fn has_begun(&self) -> bool {
        self.began.is_some()
    }

    /// The id since which every update has passed here.
    pub(crate) fn began(&self) -> Option<EventId> {
        self.began
    }

    /// The floor of topics without one of their own, and the arrival of the last update that is not kept any more.
    pub(crate) fn lost(&self) -> (EventId, Option<Instant>) {
        (self.rings.floor(), self.evicted)
    }

    /// The topics, and the ids after which nothing of them was lost.
    pub(crate) fn floors(&self) -> impl Iterator<Item = (&Topic, EventId)> {
        self.rings.floors()
    }

    /// All updates that are kept, in order.
    pub(crate) fn updates(&self) -> impl Iterator<Item = &Arc<Update>> {
        self.updates.values().map(|kept| &kept.update)
    }

    /// The id of the newest update there has been.
    pub(crate) fn newest(&self) -> EventId {
        self.newest
    }

    /// The number of updates that are kept, and of the bytes of memory that they take.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.updates.len(), self.bytes())
    }

    fn bytes(&self) -> usize {
        self.tally.get() + self.updates.len() * ENTRY + self.rings.bytes()
    }

    /// The number of topics that have updates.
    pub(crate) fn topics(&self) -> usize {
        self.rings.len()
    }

    /// Forgets everything: updates before `start` count as lost until now.
    pub(crate) fn begin_anew(&mut self, start: EventId, now: Instant) {
        *self = Self::new(self.limits, Some(start));
        self.evicted = Some(now);
    }

    /// Begins again at the end of this page.
    pub(crate) fn begin(&mut self, page: LastPage) {
        *self = Self::new(self.limits, Some(page.newest));
        (self.rings, self.evicted) = (Rings::new(page.floor), page.left_out);
        for (Entry { id, publication }, added) in page.events {
            self.push(&Arc::new(Update::new(id, publication, added)));
        }
        self.newest = page.newest;
    }

    /// True if there has been an update with this id, as far as is known. An id before the beginning may be that of
    /// one that the log has lost, together with others after it.
    pub(crate) fn knows(&self, id: EventId) -> bool {
        self.began.is_some_and(|began| id >= began) || self.updates.contains_key(&id)
    }

    /// True if an update with this id is kept, or was the newest one at the beginning or is now.
    pub(crate) fn has_seen(&self, id: EventId) -> bool {
        id == self.newest || self.began == Some(id) || self.updates.contains_key(&id)
    }

    /// Notes when the last update may have arrived that is not kept any more.
    pub(crate) fn note_lost(&mut self, arrived: Option<Instant>) {
        self.evicted = self.evicted.max(arrived);
    }

    /// Keeps an update, which has to be newer than all others.
    pub(crate) fn push(&mut self, update: &Arc<Update>) {
        self.insert(update);
        self.expire(update.arrived);
    }

    fn insert(&mut self, update: &Arc<Update>) {
        self.newest = update.id;
        update.keep(&self.tally);
        let kept = Kept { update: Arc::clone(update), rings: update.topics.len() };
        self.updates.insert(update.id, kept);
        for topic in &update.topics {
            self.rings.push(topic, update.id);
            for id in self.rings.trim(topic, self.limits.events) {
                self.release(id);
            }
        }
    }

    /// Notes that one topic fewer lists an update, and drops an update that none lists.
    fn release(&mut self, id: EventId) {
        let Some(kept) = self.updates.get_mut(&id) else { return };
        kept.rings -= 1;
        if kept.rings == 0
            && let Some(kept) = self.updates.remove(&id)
        {
            self.evicted = self.evicted.max(Some(kept.update.arrived));
        }
    }

    /// Drops updates that are too old, and the oldest ones while all take too much memory.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some(oldest) = self.updates.first_entry() {
            let arrived = oldest.get().update.arrived;
            let too_old = now.saturating_duration_since(arrived) > self.limits.age;
            if !too_old && self.bytes() <= self.limits.bytes {
                break;
            }
            self.evict_oldest();
        }
        self.rings.forget_empty(self.limits.bytes / SHARE_OF_EMPTY);
    }

    fn evict_oldest(&mut self) {
        let Some((id, kept)) = self.updates.pop_first() else { return };
        self.evicted = self.evicted.max(Some(kept.update.arrived));
        for topic in &kept.update.topics {
            self.rings.take(topic, id);
        }
        self.rings.forget_empty(self.limits.bytes / SHARE_OF_EMPTY);
    }

    /// Returns the id after which everything arrived later than `then`; `None` if some of that is lost.
    pub(crate) fn position_at(&self, then: Instant) -> Option<EventId> {
        if self.evicted.is_some_and(|evicted| evicted >= then) {
            return None;
        }
        let later = self.updates.values().rev().take_while(|kept| kept.update.arrived >= then);
        Some(later.last().map_or(self.newest, |first| first.update.id.previous()))
    }

    /// Returns the updates of these topics after an id.
    pub(crate) fn since(&self, topics: &[Topic], id: EventId) -> Missed {
        let mut ids = Vec::new();
        for topic in topics {
            if self.rings.floor_of(topic) > id {
                return Missed::Evicted;
            }
            ids.extend(self.rings.after(topic, id));
        }
        ids.sort_unstable();
        ids.dedup();
        let kept = ids.iter().filter_map(|id| self.updates.get(id));
        Missed::Updates(kept.map(|kept| Arc::clone(&kept.update)).collect())
    }
}

#[cfg(test)]
mod tests;
