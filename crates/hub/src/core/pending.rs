//! The streams that wait for what they have missed, and how far each is.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use hub_protocol::{EventId, Topic};

use crate::{
    config::ReplayLimits,
    shard::{ReplayProgress, ReplaySender, Waker},
    update::Update,
};

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is not known whether Redis reaches back to its place.
    Unchecked,
    /// It waits for a walk that begins at its place or before.
    AwaitsScan,
    /// It is given what the walk passes.
    InScan,
    /// Its client has to take some of what it was given first.
    AwaitsClient,
}

/// A stream that waits.
#[derive(Debug)]
pub(super) struct PendingReplay {
    pub(super) topics: Box<[Topic]>,
    pub(super) missing: ReplayProgress,
    pub(super) stage: Stage,
    pub(super) taker: ReplaySender,
    pub(super) shard: usize,
    pub(super) rounds: u8,
}

/// All that wait.
#[derive(Debug)]
pub(super) struct PendingReplays {
    pub(super) bell: Arc<Waker>,
    pub(super) limits: ReplayLimits,
    pub(super) waiting: HashMap<u64, PendingReplay>,
    pub(super) by_topic: HashMap<Topic, HashSet<u64>>,
    pub(super) streams: u64,
    pub(super) questions: u64,
    /// Which ids are asked for just now.
    pub(super) checking: Option<(u64, Vec<EventId>)>,
    pub(super) walk: Option<Scan>,
}

impl PendingReplays {
    pub(super) fn new(limits: ReplayLimits, bell: Arc<Waker>) -> Self {
        Self {
            bell,
            limits,
            waiting: HashMap::new(),
            by_topic: HashMap::new(),
            streams: 0,
            questions: 0,
            checking: None,
            walk: None,
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.by_topic.clear();
        (self.checking, self.walk) = (None, None);
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<PendingReplay> {
        let waiting = self.waiting.remove(&number)?;
        for topic in &waiting.topics {
            if let Some(numbers) = self.by_topic.get_mut(topic) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.by_topic.remove(topic);
                }
            }
        }
        Some(waiting)
    }

    /// From where a stream has to go on that is to wait elsewhere.
    pub(super) fn missing(&self, number: u64) -> Option<ReplayProgress> {
        let waiting = self.waiting.get(&number)?;
        let mut missing = waiting.missing.clone();
        if waiting.stage == Stage::InScan
            && let Some(walk) = &self.walk
        {
            missing.after = missing.after.max(walk.position);
        }
        Some(missing)
    }

    pub(super) fn numbers(&self, wanted: impl Fn(&PendingReplay) -> bool) -> Vec<u64> {
        let wanted = self.waiting.iter().filter(|(_, waiting)| wanted(waiting));
        wanted.map(|(number, _)| *number).collect()
    }
}

/// A walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    pub(super) question: u64,
    /// The entry that it has come to.
    pub(super) position: EventId,
    /// Up to where it goes.
    pub(super) target: EventId,
}

/// Whether a stream can be given one more.
pub(super) enum Room {
    Enough,
    /// Not before its client has taken some.
    Later,
    /// It is not given so many.
    Never,
}

impl PendingReplay {
    pub(super) fn room(&self, size: usize, limits: ReplayLimits) -> Room {
        if self.missing.events >= limits.events || self.missing.bytes + size > limits.bytes {
            Room::Never
        } else if self.taker.has_room() {
            Room::Enough
        } else {
            Room::Later
        }
    }

    pub(super) fn take(&mut self, event: &Update) {
        let size = event.size();
        self.missing.after = event.id;
        self.missing.events += 1;
        self.missing.bytes += size;
        self.taker.give(size);
    }
}
