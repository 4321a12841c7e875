//! The ids of each topic's updates, and the id after which none of them was lost: its floor.
//!
//! The invariant: of a topic, nothing after its floor was lost; a topic that is not remembered has the highest floor
//! of all that were forgotten. No call costs more because there are more topics.

use std::collections::{BTreeSet, HashMap, VecDeque};

use hub_protocol::{EventId, Topic};

use crate::memory::ALLOCATION;

/// The most topics without an update that are remembered.
const EMPTY_TOPICS: usize = 100_000;

/// The bytes that a topic takes beside its name and its updates: a hash table has up to twice the room.
const ENTRY: usize = 2 * size_of::<(Topic, Ring)>() + ALLOCATION;

/// The same in a tree, for one that has no update left.
const EMPTY_ENTRY: usize = 2 * size_of::<(EventId, Topic)>() + ALLOCATION;

/// The topics.
#[derive(Debug, Default)]
pub(super) struct Rings {
    by_topic: HashMap<Topic, Ring>,
    /// Topics without an update, by their floors: in this order they are forgotten.
    empty: BTreeSet<(EventId, Topic)>,
    /// Of a topic that is not remembered, nothing after this id has been lost.
    floor: EventId,
    /// The memory that all of it takes, and the part of those without an update.
    bytes: usize,
    empty_bytes: usize,
}

#[derive(Debug, Default)]
pub(super) struct Ring {
    ids: VecDeque<EventId>,
    /// Nothing after this id has been lost.
    floor: EventId,
}

impl Ring {
    fn size(&self) -> usize {
        self.ids.capacity() * size_of::<EventId>()
    }
}

impl Rings {
    /// No topics; nothing is known of updates before `floor`.
    pub(super) fn new(floor: EventId) -> Self {
        Self { floor, ..Self::default() }
    }

    /// Restores a topic that has no update left.
    pub(super) fn restore(&mut self, topic: Topic, floor: EventId) {
        let ring = Ring { ids: VecDeque::new(), floor };
        self.bytes += entry_size(&topic);
        self.by_topic.insert(topic.clone(), ring);
        self.note_empty(topic, floor);
    }

    pub(super) fn floor(&self) -> EventId {
        self.floor
    }

    /// The topics, and the ids after which none of their updates was lost.
    pub(super) fn floors(&self) -> impl Iterator<Item = (&Topic, EventId)> {
        self.by_topic.iter().map(|(topic, ring)| (topic, ring.floor))
    }

    /// The number of topics that have updates.
    pub(super) fn len(&self) -> usize {
        self.by_topic.len() - self.empty.len()
    }

    /// The memory that all of it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The id after which no update of this topic was lost.
    pub(super) fn floor_of(&self, topic: &Topic) -> EventId {
        self.by_topic.get(topic).map_or(self.floor, |ring| ring.floor)
    }

    /// The ids of a topic's updates after this one, in order.
    pub(super) fn after(&self, topic: &Topic, id: EventId) -> impl Iterator<Item = EventId> {
        let ids = self.by_topic.get(topic).map(|ring| &ring.ids);
        let first = move |ids: &VecDeque<EventId>| ids.partition_point(|kept| *kept <= id);
        ids.into_iter().flat_map(move |ids| ids.range(first(ids)..).copied())
    }

    /// Adds the id of a topic's newest update.
    pub(super) fn push(&mut self, topic: &Topic, id: EventId) {
        if let Some(ring) = self.by_topic.get_mut(topic) {
            if ring.ids.is_empty() {
                self.empty_bytes -= entry_size(topic) + empty_size(topic);
                self.bytes -= empty_size(topic);
                self.empty.remove(&(ring.floor, topic.clone()));
            }
            self.bytes -= ring.size();
            ring.ids.push_back(id);
            self.bytes += ring.size();
        } else {
            let ring = Ring { ids: VecDeque::from([id]), floor: self.floor };
            self.bytes += entry_size(topic) + ring.size();
            self.by_topic.insert(topic.clone(), ring);
        }
    }

    /// Removes the oldest ids of a topic that has more than so many.
    pub(super) fn trim(&mut self, topic: &Topic, most: usize) -> Vec<EventId> {
        let mut trimmed = Vec::new();
        while let Some(ring) = self.by_topic.get(topic)
            && ring.ids.len() > most
            && let Some(oldest) = ring.ids.front().copied()
        {
            self.take(topic, oldest);
            trimmed.push(oldest);
        }
        trimmed
    }

    /// Removes an id from a topic, if it is its oldest.
    pub(super) fn take(&mut self, topic: &Topic, id: EventId) {
        let Some(ring) = self.by_topic.get_mut(topic) else { return };
        if ring.ids.front() != Some(&id) {
            return;
        }
        self.bytes -= ring.size();
        ring.ids.pop_front();
        ring.floor = id;
        if ring.ids.is_empty() || ring.ids.len() <= ring.ids.capacity() / 8 {
            ring.ids.shrink_to(ring.ids.len() * 2);
        }
        self.bytes += ring.size();
        if ring.ids.is_empty() {
            self.note_empty(topic.clone(), id);
        }
    }

    fn note_empty(&mut self, topic: Topic, floor: EventId) {
        self.empty_bytes += entry_size(&topic) + empty_size(&topic);
        self.bytes += empty_size(&topic);
        self.empty.insert((floor, topic));
    }

    /// Forgets topics without updates that are too many, or take more than so many bytes.
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

/// The memory that a topic takes, in bytes, but for its updates.
fn entry_size(topic: &Topic) -> usize {
    ENTRY + topic.as_str().len()
}

/// The memory that it takes beside that while it has none.
fn empty_size(topic: &Topic) -> usize {
    EMPTY_ENTRY + topic.as_str().len()
}
