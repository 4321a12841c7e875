//! The groups of a shard, by name and by topic, and which of them have an encoder.
//!
//! The invariant: a group lives as long as it has a stream. One with more streams has an encoder before one with fewer,
//! as soon as it is sent something.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use content_coding::Coding;
use hub_protocol::{HeartbeatText, Topic};
use slotmap::SlotMap;

use super::group::Group;
use super::members::Members;
use super::registry::Token;
use super::segment::GroupKey;
use super::subscriber::Subscriber;
use crate::encoders::EncoderMemory;

/// What the streams of a group have in common: all that decides what they are sent.
#[derive(Debug, PartialEq, Eq, Hash)]
struct GroupName {
    topics: Arc<[Topic]>,
    coding: Coding,
    heartbeat: Option<Duration>,
    heartbeat_text: HeartbeatText,
}

impl GroupName {
    /// The name of the subscriber's group, if it has one.
    fn of(subscriber: &Subscriber) -> Option<Self> {
        Some(Self {
            topics: Arc::clone(&subscriber.topics),
            coding: subscriber.output.coding()?,
            heartbeat: subscriber.schedule.heartbeat,
            heartbeat_text: subscriber.heartbeat_text.clone(),
        })
    }
}

/// The groups of a shard.
#[derive(Debug)]
pub(super) struct Groups {
    by_key: SlotMap<GroupKey, Group>,
    by_name: HashMap<GroupName, GroupKey>,
    by_topic: HashMap<Topic, Members<GroupKey>>,
    /// Those with an encoder, by their numbers of streams.
    with_encoder: BTreeSet<(usize, GroupKey)>,
    memory: Arc<EncoderMemory>,
}

impl Groups {
    pub(super) fn new(memory: Arc<EncoderMemory>) -> Self {
        Self {
            by_key: SlotMap::with_key(),
            by_name: HashMap::new(),
            by_topic: HashMap::new(),
            with_encoder: BTreeSet::new(),
            memory,
        }
    }

    /// Adds a subscriber to its group, if it has one.
    pub(super) fn add(&mut self, token: Token, subscriber: &mut Subscriber) {
        let Some(name) = GroupName::of(subscriber) else { return };
        let Some(compression) = &mut subscriber.compression else { return };
        let Self { by_key, by_name, by_topic, .. } = self;
        let coding = name.coding;
        let entry = by_name.entry(name);
        subscriber.topics = Arc::clone(&entry.key().topics);
        let key = *entry.or_insert_with_key(|name| {
            let key = by_key.insert(Group::new(coding));
            for topic in name.topics.iter() {
                by_topic.entry(topic.clone()).or_default().add(key);
            }
            key
        });
        compression.group = key;
        self.resize(key, |group| group.members.add(token));
    }

    /// Removes a subscriber that is gone; `is_there` says who is left.
    pub(super) fn remove(&mut self, subscriber: &Subscriber, is_there: impl Fn(Token) -> bool) {
        let Some(compression) = &subscriber.compression else { return };
        let key = compression.group;
        self.resize(key, |group| group.members.note_left(is_there));
        if !self.by_key.get(key).is_some_and(|group| group.members.is_empty()) {
            return;
        }
        self.give_up_encoder(key);
        self.by_key.remove(key);
        if let Some(name) = GroupName::of(subscriber) {
            self.by_name.remove(&name);
        }
        let Self { by_key, by_topic, .. } = self;
        for topic in subscriber.topics.iter() {
            let Some(list) = by_topic.get_mut(topic) else { continue };
            list.note_left(|key| by_key.contains_key(key));
            if list.is_empty() {
                by_topic.remove(topic);
            }
        }
    }

    /// Changes the number of a group's streams.
    fn resize(&mut self, key: GroupKey, change: impl FnOnce(&mut Group)) {
        let Some(group) = self.by_key.get_mut(key) else { return };
        let before = group.members.len();
        change(group);
        if group.has_encoder() {
            self.with_encoder.remove(&(before, key));
            self.with_encoder.insert((group.members.len(), key));
        }
    }

    pub(super) fn get(&mut self, key: GroupKey) -> Option<&mut Group> {
        self.by_key.get_mut(key)
    }

    /// The groups that follow one of these topics, each once.
    pub(super) fn of_topics(&self, topics: &[Topic]) -> Vec<GroupKey> {
        if self.by_key.is_empty() {
            return Vec::new();
        }
        let lists = topics.iter().filter_map(|topic| self.by_topic.get(topic));
        let keys = lists.flat_map(Members::keys).copied();
        let mut keys: Vec<_> = keys.filter(|key| self.by_key.contains_key(*key)).collect();
        if topics.len() > 1 {
            keys.sort_unstable();
            keys.dedup();
        }
        keys
    }

    /// Gives a group an encoder, if it has none and there is memory, or can be: a group with fewer streams has to give
    /// up its own.
    pub(super) fn equip(&mut self, key: GroupKey) {
        let Some(group) = self.by_key.get(key).filter(|group| !group.has_encoder()) else { return };
        let (coding, size) = (group.coding(), group.members.len());
        let grant = self.memory.grant(coding).or_else(|| {
            self.make_room(self.memory.missing(coding)?, size);
            self.memory.grant(coding)
        });
        if let (Some(grant), Some(group)) = (grant, self.by_key.get_mut(key)) {
            group.begin(grant);
            self.with_encoder.insert((size, key));
        }
    }

    /// Takes so many bytes from groups that have fewer streams than this all together, if that is possible.
    fn make_room(&mut self, bytes: usize, streams: usize) {
        let (mut freed, mut theirs, mut chosen) = (0, 0, Vec::new());
        for (others, key) in &self.with_encoder {
            if freed >= bytes {
                break;
            }
            theirs += others;
            if theirs >= streams {
                return;
            }
            freed += self.by_key.get(*key).map_or(0, Group::memory);
            chosen.push(*key);
        }
        if freed >= bytes {
            for key in chosen {
                self.give_up_encoder(key);
            }
        }
    }

    fn give_up_encoder(&mut self, key: GroupKey) {
        let Some(group) = self.by_key.get_mut(key) else { return };
        self.with_encoder.remove(&(group.members.len(), key));
        group.end();
    }
}
