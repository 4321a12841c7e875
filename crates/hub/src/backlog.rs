//! The events that are kept, for clients that come back and ask for what they have missed.
//!
//! The invariant: [`Backlog::since`] gives out every event of these topics after an id, in order and each
//! once, or says that it cannot.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use hub_protocol::{EventId, Topic};
use redis_log::{Entry, LastPage};

use crate::{event::Event, upgrade::Estate};

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many events of one topic.
    pub events: usize,
    /// How many bytes of memory in all.
    pub bytes: usize,
    /// For how long.
    pub age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { events: 1000, bytes: 64 * 1024 * 1024, age: Duration::from_secs(3600) }
    }
}

/// How many topics are remembered that have no event left.
const EMPTY_TOPICS: usize = 100_000;

/// The events that are kept.
#[derive(Debug)]
pub(crate) struct Backlog {
    limits: Limits,
    events: BTreeMap<EventId, Kept>,
    topics: HashMap<Topic, Ring>,
    bytes: usize,
    newest: EventId,
    /// Every event since this one has passed here. `None` while it is not known where the log of events
    /// stands.
    began: Option<EventId>,
    /// Of a topic that is not in `topics`, nothing after this id has been lost.
    floor: EventId,
    /// When the last event arrived that is not kept any more.
    evicted: Option<Instant>,
}

#[derive(Debug)]
struct Kept {
    event: Arc<Event>,
    /// How many topics still list it.
    rings: usize,
}

#[derive(Debug)]
struct Ring {
    events: VecDeque<EventId>,
    /// Nothing after this id has been lost.
    floor: EventId,
}

/// Which events somebody has missed.
#[derive(Debug)]
pub(crate) enum Missed {
    /// These, in order.
    Events(Vec<Arc<Event>>),
    /// Some that are not kept any more.
    FallenOut,
}

impl Backlog {
    /// One without events; nothing is known of what was before `start`, or at all.
    pub(crate) fn new(limits: Limits, start: Option<EventId>) -> Self {
        let newest = start.unwrap_or_default();
        Self {
            limits,
            events: BTreeMap::new(),
            topics: HashMap::new(),
            bytes: 0,
            newest,
            began: start,
            floor: newest,
            evicted: None,
        }
    }

    /// The backlog that another hub has left.
    pub(crate) fn restored(limits: Limits, estate: &mut Estate) -> Self {
        let mut backlog = Self::new(limits, estate.began);
        backlog.floor = estate.floor;
        backlog.evicted = estate.evicted;
        for (topic, floor) in estate.floors.drain(..) {
            backlog.topics.insert(topic, Ring { events: VecDeque::new(), floor });
        }
        for event in estate.events.drain(..) {
            backlog.push(Arc::new(event));
        }
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
        (self.floor, self.evicted)
    }

    /// The topics, and the ids after which nothing of them was lost.
    pub(crate) fn floors(&self) -> impl Iterator<Item = (&Topic, EventId)> {
        self.topics.iter().map(|(topic, ring)| (topic, ring.floor))
    }

    /// All that is kept, in order.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.events.values().map(|kept| &kept.event)
    }

    /// The id of the newest event there has been.
    pub(crate) fn newest(&self) -> EventId {
        self.newest
    }

    /// How many events are kept, and how many bytes they take.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.events.len(), self.bytes)
    }

    /// How many topics have events.
    pub(crate) fn topics(&self) -> usize {
        self.topics.values().filter(|ring| !ring.events.is_empty()).count()
    }

    /// Forgets everything: of what was before `start`, events were lost until now.
    pub(crate) fn begin_anew(&mut self, start: EventId, now: Instant) {
        *self = Self::new(self.limits, Some(start));
        self.evicted = Some(now);
    }

    /// Begins at the end of this page.
    pub(crate) fn begin(&mut self, page: LastPage) {
        *self = Self::new(self.limits, Some(page.newest));
        (self.floor, self.evicted) = (page.floor, page.left_out);
        for (Entry { id, publication }, added) in page.events {
            self.push(Arc::new(Event::new(id, publication, added)));
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
    pub(crate) fn push(&mut self, event: Arc<Event>) {
        self.newest = event.id;
        self.bytes += event.size();
        let rings = event.topics.len();
        for topic in &event.topics {
            let floor = self.floor;
            let ring = self.topics.entry(topic.clone());
            let ring = ring.or_insert_with(|| Ring { events: VecDeque::new(), floor });
            ring.events.push_back(event.id);
        }
        let (id, now, topics) = (event.id, event.arrived, event.topics.clone());
        self.events.insert(id, Kept { event, rings });
        for topic in &topics {
            self.trim(topic);
        }
        self.expire(now);
    }

    /// Lets go of the oldest events of a topic that has too many.
    fn trim(&mut self, topic: &Topic) {
        let Some(ring) = self.topics.get_mut(topic) else { return };
        let mut evicted = Vec::new();
        while ring.events.len() > self.limits.events
            && let Some(id) = ring.events.pop_front()
        {
            ring.floor = id;
            evicted.push(id);
        }
        for id in evicted {
            self.release(id);
        }
    }

    /// One topic fewer lists this event; with the last one it goes.
    fn release(&mut self, id: EventId) {
        let Some(kept) = self.events.get_mut(&id) else { return };
        kept.rings -= 1;
        if kept.rings == 0
            && let Some(kept) = self.events.remove(&id)
        {
            self.forget(&kept.event);
        }
    }

    fn forget(&mut self, event: &Event) {
        self.bytes -= event.size();
        self.evicted = self.evicted.max(Some(event.arrived));
    }

    /// Lets go of what is too old, and of the oldest while it is too much.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some(oldest) = self.events.first_entry() {
            let too_old =
                now.saturating_duration_since(oldest.get().event.arrived) > self.limits.age;
            if !too_old && self.bytes <= self.limits.bytes {
                break;
            }
            let event = oldest.remove().event;
            self.forget(&event);
            for topic in &event.topics {
                self.evict_from(topic, event.id);
            }
        }
        if self.topics.len() > EMPTY_TOPICS {
            self.forget_empty_topics();
        }
    }

    fn evict_from(&mut self, topic: &Topic, id: EventId) {
        if let Some(ring) = self.topics.get_mut(topic)
            && ring.events.front() == Some(&id)
        {
            ring.events.pop_front();
            ring.floor = id;
        }
    }

    fn forget_empty_topics(&mut self) {
        let empty = self.topics.extract_if(|_, ring| ring.events.is_empty());
        let floor = empty.map(|(_, ring)| ring.floor).max();
        self.floor = self.floor.max(floor.unwrap_or_default());
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
            let ring = self.topics.get(topic);
            if ring.map_or(self.floor, |ring| ring.floor) > id {
                return Missed::FallenOut;
            }
            if let Some(ring) = ring {
                let first = ring.events.partition_point(|kept| *kept <= id);
                ids.extend(ring.events.range(first..));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        let events = ids.iter().filter_map(|id| self.events.get(id));
        Missed::Events(events.map(|kept| Arc::clone(&kept.event)).collect())
    }
}

#[cfg(test)]
mod tests;
