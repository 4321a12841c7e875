//! The events that are kept, for clients that come back and ask for what they have missed.
//!
//! The invariant: [`Backlog::since`] gives out every event of these topics after an id, in order and each
//! once, or says that it cannot.

mod rings;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use hub_protocol::{EventId, Topic};
use redis_log::{Entry, LastPage};

use crate::{
    config::BacklogLimits,
    memory::{PIECE, Tally},
    update::Update,
    upgrade::Estate,
};
use rings::Rings;

/// Topics without events may take one in so many of the bytes.
const SHARE_OF_EMPTY: usize = 4;

/// What an event takes beside itself, in bytes: a tree has up to twice the room.
const ENTRY: usize = 2 * size_of::<(EventId, Kept)>() + PIECE;

/// The events that are kept.
#[derive(Debug)]
pub(crate) struct Backlog {
    limits: BacklogLimits,
    events: BTreeMap<EventId, Kept>,
    rings: Rings,
    /// What the events take.
    tally: Arc<Tally>,
    newest: EventId,
    /// Every event since this one has passed here. `None` while it is not known where the log of events
    /// stands.
    began: Option<EventId>,
    /// When the last event arrived that is not kept any more.
    evicted: Option<Instant>,
}

/// An event that is kept. It counts for as long as this lives.
#[derive(Debug)]
struct Kept {
    event: Arc<Update>,
    /// How many topics still list it.
    rings: usize,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.event.let_go();
    }
}

/// Which events somebody has missed.
#[derive(Debug)]
pub(crate) enum Missed {
    /// These, in order.
    Updates(Vec<Arc<Update>>),
    /// Some that are not kept any more.
    Evicted,
}

impl Backlog {
    /// One without events; nothing is known of what was before `start`, or at all.
    pub(crate) fn new(limits: BacklogLimits, start: Option<EventId>) -> Self {
        let newest = start.unwrap_or_default();
        Self {
            limits,
            events: BTreeMap::new(),
            rings: Rings::new(newest),
            tally: Arc::default(),
            newest,
            began: start,
            evicted: None,
        }
    }

    /// The backlog that another hub has left.
    pub(crate) fn restored(limits: BacklogLimits, estate: &mut Estate) -> Self {
        let mut backlog = Self::new(limits, estate.began);
        backlog.rings = Rings::new(estate.floor);
        backlog.evicted = estate.evicted;
        for (topic, floor) in estate.floors.drain(..) {
            backlog.rings.restore(topic, floor);
        }
        for event in estate.events.drain(..) {
            backlog.insert(&Arc::new(event));
        }
        // Not before: topics are forgotten that have no event, and by now they have theirs.
        backlog.expire(Instant::now());
        backlog.newest = estate.newest;
        backlog
    }

    /// Whether it is known where the log of events stands.
    pub(crate) fn has_begun(&self) -> bool {
        self.began.is_some()
    }

    /// Since when every event has passed here.
    pub(crate) fn began(&self) -> Option<EventId> {
        self.began
    }

    /// The floor of topics without one of their own, and when the last event arrived that is not kept any
    /// more.
    pub(crate) fn lost(&self) -> (EventId, Option<Instant>) {
        (self.rings.floor(), self.evicted)
    }

    /// The topics, and the ids after which nothing of them was lost.
    pub(crate) fn floors(&self) -> impl Iterator<Item = (&Topic, EventId)> {
        self.rings.floors()
    }

    /// All that is kept, in order.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Arc<Update>> {
        self.events.values().map(|kept| &kept.event)
    }

    /// The id of the newest event there has been.
    pub(crate) fn newest(&self) -> EventId {
        self.newest
    }

    /// How many events are kept, and how many bytes of memory that takes.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.events.len(), self.bytes())
    }

    fn bytes(&self) -> usize {
        self.tally.get() + self.events.len() * ENTRY + self.rings.bytes()
    }

    /// How many topics have events.
    pub(crate) fn topics(&self) -> usize {
        self.rings.len()
    }

    /// Forgets everything: of what was before `start`, events were lost until now.
    pub(crate) fn begin_anew(&mut self, start: EventId, now: Instant) {
        *self = Self::new(self.limits, Some(start));
        self.evicted = Some(now);
    }

    /// Begins at the end of this page.
    pub(crate) fn begin(&mut self, page: LastPage) {
        *self = Self::new(self.limits, Some(page.newest));
        (self.rings, self.evicted) = (Rings::new(page.floor), page.left_out);
        for (Entry { id, publication }, added) in page.events {
            self.push(&Arc::new(Update::new(id, publication, added)));
        }
        self.newest = page.newest;
    }

    /// Whether there has been an event with this id, as far as is known. An id of before the beginning may be
    /// of an event that the log of events has lost, together with others after it.
    pub(crate) fn knows(&self, id: EventId) -> bool {
        self.began.is_some_and(|began| id >= began) || self.events.contains_key(&id)
    }

    /// Whether an event with this id is kept, or was the last one when this began or until now.
    pub(crate) fn has_seen(&self, id: EventId) -> bool {
        id == self.newest || self.began == Some(id) || self.events.contains_key(&id)
    }

    /// Notes when the last event may have arrived that is not kept any more.
    pub(crate) fn note_lost(&mut self, arrived: Option<Instant>) {
        self.evicted = self.evicted.max(arrived);
    }

    /// Keeps an event, which has to be newer than all others.
    pub(crate) fn push(&mut self, event: &Arc<Update>) {
        self.insert(event);
        self.expire(event.arrived);
    }

    fn insert(&mut self, event: &Arc<Update>) {
        self.newest = event.id;
        event.keep(&self.tally);
        self.events.insert(event.id, Kept { event: Arc::clone(event), rings: event.topics.len() });
        for topic in &event.topics {
            self.rings.push(topic, event.id);
            for id in self.rings.trim(topic, self.limits.events) {
                self.release(id);
            }
        }
    }

    /// One topic fewer lists this event; with the last one it goes.
    fn release(&mut self, id: EventId) {
        let Some(kept) = self.events.get_mut(&id) else { return };
        kept.rings -= 1;
        if kept.rings == 0
            && let Some(kept) = self.events.remove(&id)
        {
            self.evicted = self.evicted.max(Some(kept.event.arrived));
        }
    }

    /// Lets go of what is too old, and of the oldest while it is too much.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some(oldest) = self.events.first_entry() {
            let arrived = oldest.get().event.arrived;
            let too_old = now.saturating_duration_since(arrived) > self.limits.age;
            if !too_old && self.bytes() <= self.limits.bytes {
                break;
            }
            self.evict_oldest();
        }
        self.rings.forget_empty(self.limits.bytes / SHARE_OF_EMPTY);
    }

    fn evict_oldest(&mut self) {
        let Some((id, kept)) = self.events.pop_first() else { return };
        self.evicted = self.evicted.max(Some(kept.event.arrived));
        for topic in &kept.event.topics {
            self.rings.take(topic, id);
        }
        self.rings.forget_empty(self.limits.bytes / SHARE_OF_EMPTY);
    }

    /// The id after which everything arrived later than `then`; `None` if something of that is gone.
    pub(crate) fn position_at(&self, then: Instant) -> Option<EventId> {
        if self.evicted.is_some_and(|evicted| evicted >= then) {
            return None;
        }
        let later = self.events.values().rev().take_while(|kept| kept.event.arrived >= then);
        Some(later.last().map_or(self.newest, |first| first.event.id.previous()))
    }

    /// The events of these topics after an id.
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
        let events = ids.iter().filter_map(|id| self.events.get(id));
        Missed::Updates(events.map(|kept| Arc::clone(&kept.event)).collect())
    }
}

#[cfg(test)]
mod tests;
