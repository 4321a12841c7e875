//! Which events each topic has, and from where on nothing of it was lost.
//!
//! The invariant: of a topic, nothing after its floor was lost; a topic that is not remembered has the floor of
//! all that were forgotten. What each call costs does not depend on how many topics there are.

use std::collections::{BTreeSet, HashMap, VecDeque};

use hub_protocol::{EventId, Topic};

use crate::memory::PIECE;

/// How many topics are remembered that have no event left.
const EMPTY_TOPICS: usize = 100_000;

/// What a topic takes beside its name and its events, in bytes: a hash table has up to twice the room.
const ENTRY: usize = 2 * size_of::<(Topic, Ring)>() + PIECE;

/// The same in a tree, for one that has no event left.
const EMPTY_ENTRY: usize = 2 * size_of::<(EventId, Topic)>() + PIECE;

/// The topics.
#[derive(Debug, Default)]
pub(super) struct Rings {
    by_topic: HashMap<Topic, Ring>,
    /// Those without an event, by their floors: in this order they are forgotten.
    empty: BTreeSet<(EventId, Topic)>,
    /// Of a topic that is not remembered, nothing after this id has been lost.
    floor: EventId,
    /// What all of it takes, and what those take that have no event.
    bytes: usize,
    empty_bytes: usize,
}

#[derive(Debug, Default)]
pub(super) struct Ring {
    events: VecDeque<EventId>,
    /// Nothing after this id has been lost.
    floor: EventId,
}

impl Ring {
    fn size(&self) -> usize {
        self.events.capacity() * size_of::<EventId>()
    }
}

impl Rings {
    /// None, and nothing is known of what was before `floor`.
    pub(super) fn new(floor: EventId) -> Self {
        Self { floor, ..Self::default() }
    }

    /// A topic without events.
    pub(super) fn restore(&mut self, topic: Topic, floor: EventId) {
        let ring = Ring { events: VecDeque::new(), floor };
        self.bytes += entry_size(&topic);
        self.by_topic.insert(topic.clone(), ring);
        self.note_empty(topic, floor);
    }

    pub(super) fn floor(&self) -> EventId {
        self.floor
    }

    /// The topics, and the ids after which nothing of them was lost.
    pub(super) fn floors(&self) -> impl Iterator<Item = (&Topic, EventId)> {
        self.by_topic.iter().map(|(topic, ring)| (topic, ring.floor))
    }

    /// How many topics have events.
    pub(super) fn len(&self) -> usize {
        self.by_topic.len() - self.empty.len()
    }

    /// What all of it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Of this topic, nothing after this id was lost.
    pub(super) fn floor_of(&self, topic: &Topic) -> EventId {
        self.by_topic.get(topic).map_or(self.floor, |ring| ring.floor)
    }

    /// The events of a topic after an id, in order.
    pub(super) fn after(&self, topic: &Topic, id: EventId) -> impl Iterator<Item = EventId> {
        let events = self.by_topic.get(topic).map(|ring| &ring.events);
        let first = move |events: &VecDeque<EventId>| events.partition_point(|kept| *kept <= id);
        events.into_iter().flat_map(move |events| events.range(first(events)..).copied())
    }

    /// A topic has one more event.
    pub(super) fn push(&mut self, topic: &Topic, id: EventId) {
        if let Some(ring) = self.by_topic.get_mut(topic) {
            if ring.events.is_empty() {
                self.empty_bytes -= entry_size(topic) + empty_size(topic);
                self.bytes -= empty_size(topic);
                self.empty.remove(&(ring.floor, topic.clone()));
            }
            self.bytes -= ring.size();
            ring.events.push_back(id);
            self.bytes += ring.size();
        } else {
            let ring = Ring { events: VecDeque::from([id]), floor: self.floor };
            self.bytes += entry_size(topic) + ring.size();
            self.by_topic.insert(topic.clone(), ring);
        }
    }

    /// Takes out the oldest events of a topic that has more than so many.
    pub(super) fn trim(&mut self, topic: &Topic, most: usize) -> Vec<EventId> {
        let mut trimmed = Vec::new();
        while let Some(ring) = self.by_topic.get(topic)
            && ring.events.len() > most
            && let Some(oldest) = ring.events.front().copied()
        {
            self.take(topic, oldest);
            trimmed.push(oldest);
        }
        trimmed
    }

    /// Takes an event out of a topic, if it is its oldest.
    pub(super) fn take(&mut self, topic: &Topic, id: EventId) {
        let Some(ring) = self.by_topic.get_mut(topic) else { return };
        if ring.events.front() != Some(&id) {
            return;
        }
        self.bytes -= ring.size();
        ring.events.pop_front();
        ring.floor = id;
        if ring.events.is_empty() || ring.events.len() <= ring.events.capacity() / 8 {
            ring.events.shrink_to(ring.events.len() * 2);
        }
        self.bytes += ring.size();
        if ring.events.is_empty() {
            self.note_empty(topic.clone(), id);
        }
    }

    fn note_empty(&mut self, topic: Topic, floor: EventId) {
        self.empty_bytes += entry_size(&topic) + empty_size(&topic);
        self.bytes += empty_size(&topic);
        self.empty.insert((floor, topic));
    }

    /// Forgets topics without events that are too many, or take more than so many bytes.
    pub(super) fn forget_empty(&mut self, most_bytes: usize) {
        while (self.empty.len() > EMPTY_TOPICS || self.empty_bytes > most_bytes)
            && let Some((floor, topic)) = self.empty.pop_first()
        {
            self.by_topic.remove(&topic);
            self.floor = self.floor.max(floor);
            self.empty_bytes -= entry_size(&topic) + empty_size(&topic);
            self.bytes -= entry_size(&topic) + empty_size(&topic);
        }
    }
}

/// What a topic takes, in bytes, but for its events.
fn entry_size(topic: &Topic) -> usize {
    ENTRY + topic.as_str().len()
}

/// What it takes beside that while it has none.
fn empty_size(topic: &Topic) -> usize {
    EMPTY_ENTRY + topic.as_str().len()
}
