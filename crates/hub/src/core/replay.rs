//! Streams that wait for what they have missed, where Redis has to be asked for it. A shard holds them
//! meanwhile, so that they have heartbeats, and end when they are to.
//!
//! The invariant: a stream gets nothing new before it has what it has missed. What it has been given reaches
//! from its last event ID up to a place without a gap; it goes live from a place that is kept here, or is
//! told that events are missing.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use hub_protocol::{EventId, Topic};

use super::{Core, walk::Walk};
use crate::{
    backlog::Missed,
    event::Event,
    shard::{Bell, Command, Missing, Replay, Stream, Taker, tie},
};

/// How many ids are asked for at once.
const IDS: usize = 256;

/// How many walks a stream may need: each for what has come since the one before.
const ROUNDS: u8 = 10;

/// How much of what it has missed a stream may be given.
#[derive(Debug, Clone, Copy)]
pub struct ReplayLimits {
    /// How many events.
    pub events: usize,
    /// How large these may be in all, in bytes of memory.
    pub bytes: usize,
}

impl Default for ReplayLimits {
    fn default() -> Self {
        Self { events: 10_000, bytes: 32 * 1024 * 1024 }
    }
}

/// How far a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is not known whether Redis reaches back to its place.
    Unchecked,
    /// It waits for a walk that begins at its place or before.
    Ready,
    /// It is given what the walk passes.
    Aboard,
    /// Its client has to take some of what it was given first.
    Parked,
}

/// A stream that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) topics: Box<[Topic]>,
    pub(super) missing: Missing,
    pub(super) stage: Stage,
    pub(super) taker: Taker,
    shard: usize,
    rounds: u8,
}

/// All that wait.
#[derive(Debug)]
pub(super) struct Replays {
    bell: Arc<Bell>,
    pub(super) limits: ReplayLimits,
    pub(super) waiting: HashMap<u64, Waiting>,
    pub(super) by_topic: HashMap<Topic, HashSet<u64>>,
    streams: u64,
    pub(super) questions: u64,
    /// Which ids are asked for just now.
    checking: Option<(u64, Vec<EventId>)>,
    pub(super) walk: Option<Walk>,
}

impl Replays {
    pub(super) fn new(limits: ReplayLimits, bell: Arc<Bell>) -> Self {
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

    fn remove(&mut self, number: u64) -> Option<Waiting> {
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
    pub(super) fn missing(&self, number: u64) -> Option<Missing> {
        let waiting = self.waiting.get(&number)?;
        let mut missing = waiting.missing.clone();
        if waiting.stage == Stage::Aboard
            && let Some(walk) = &self.walk
        {
            missing.after = missing.after.max(walk.position);
        }
        Some(missing)
    }

    pub(super) fn numbers(&self, wanted: impl Fn(&Waiting) -> bool) -> Vec<u64> {
        let wanted = self.waiting.iter().filter(|(_, waiting)| wanted(waiting));
        wanted.map(|(number, _)| *number).collect()
    }
}

impl Core {
    /// Has a stream wait in a shard for what it has missed.
    pub(super) fn catch_up(&mut self, mut stream: Stream, missing: Missing) {
        let shard = self.next_shard();
        let replays = &mut self.replays;
        replays.streams += 1;
        let number = replays.streams;
        let (taker, catch_up) = tie(number, &replays.bell);
        for topic in &stream.topics {
            replays.by_topic.entry(topic.clone()).or_default().insert(number);
        }
        let topics = stream.topics.clone();
        let (stage, rounds) = (Stage::Unchecked, ROUNDS);
        replays.waiting.insert(number, Waiting { topics, missing, stage, taker, shard, rounds });
        stream.wait(catch_up);
        self.hold_in(shard, stream);
        if self.log.shared().is_some() {
            self.check();
        } else {
            self.lose(number, Vec::new(), Instant::now());
        }
    }

    /// Goes on, when something has happened that streams wait for.
    pub(super) fn go_on_replaying(&mut self) {
        if !self.replays.bell.quieten() {
            return;
        }
        for number in self.replays.numbers(|waiting| waiting.taker.is_gone()) {
            self.replays.remove(number);
        }
        for waiting in self.replays.waiting.values_mut() {
            if waiting.stage == Stage::Parked && waiting.taker.has_room() {
                waiting.stage = Stage::Ready;
            }
        }
        self.check();
        self.walk();
    }

    /// Asks whether Redis reaches back to where streams are that have come since it was asked last.
    pub(super) fn check(&mut self) {
        let Some(shared) = self.log.shared().filter(|_| self.replays.checking.is_none()) else {
            return;
        };
        let waiting = self.replays.waiting.values();
        let unchecked = waiting.filter(|waiting| waiting.stage == Stage::Unchecked);
        let mut ids = HashSet::new();
        for waiting in unchecked {
            ids.insert(waiting.missing.after);
            if ids.len() >= IDS {
                break;
            }
        }
        if ids.is_empty() {
            return;
        }
        let ids: Vec<_> = ids.into_iter().collect();
        self.replays.questions += 1;
        shared.held(ids.clone(), self.replays.questions);
        self.replays.checking = Some((self.replays.questions, ids));
    }

    /// Redis has told where it reaches back to.
    pub(super) fn checked(&mut self, question: u64, held: Option<Vec<bool>>, now: Instant) {
        let asked = self.replays.checking.take_if(|(asked, _)| *asked == question);
        let Some((_, ids)) = asked else { return };
        let held = held.unwrap_or_else(|| vec![false; ids.len()]);
        let held: HashMap<EventId, bool> = ids.into_iter().zip(held).collect();
        let unchecked = self.replays.numbers(|waiting| waiting.stage == Stage::Unchecked);
        for number in unchecked {
            let after = self.replays.waiting.get(&number).map(|waiting| waiting.missing.after);
            match after.and_then(|after| held.get(&after)) {
                Some(true) => self.go_live_or_wait(number, now),
                Some(false) => self.lose(number, Vec::new(), now),
                None => {}
            }
        }
        self.check();
        self.walk();
    }

    /// Lets a stream go live whose place is kept here; has others wait for a walk.
    pub(super) fn go_live_or_wait(&mut self, number: u64, now: Instant) {
        let newest = self.backlog.newest();
        let Some(waiting) = self.replays.waiting.get_mut(&number) else { return };
        let after = waiting.missing.after;
        // It may be ahead of this hub.
        let missed = if after >= newest {
            Missed::Events(Vec::new())
        } else {
            self.backlog.since(&waiting.topics, after)
        };
        if let Missed::Events(events) = missed {
            return self.finish(number, events, newest.max(after));
        }
        if waiting.rounds == 0 {
            return self.lose(number, Vec::new(), now);
        }
        waiting.rounds -= 1;
        let walk = self.replays.walk.as_ref();
        let is_ahead = walk.is_some_and(|walk| after >= walk.position);
        waiting.stage = if is_ahead { Stage::Aboard } else { Stage::Ready };
    }

    /// Tells a stream, after these events, that others are missing; it goes live.
    pub(super) fn lose(&mut self, number: u64, mut events: Vec<Arc<Event>>, now: Instant) {
        let Some(waiting) = self.replays.waiting.get(&number) else { return };
        let newest = self.backlog.newest();
        let last_event_id = waiting.missing.last_event_id.as_deref();
        events.push(Arc::new(Event::reset(newest, last_event_id, now)));
        self.counters.resets.add(1);
        self.finish(number, events, newest);
    }

    /// Lets a stream go live after these events.
    fn finish(&mut self, number: u64, events: Vec<Arc<Event>>, position: EventId) {
        if let Some(waiting) = self.replays.remove(number) {
            let replay = Replay { number, events, live_after: Some(position) };
            self.shards[waiting.shard].send(Command::Replay(replay));
        }
    }

    /// Gives a stream some of what it has missed.
    pub(super) fn give(&self, number: u64, events: Vec<Arc<Event>>) {
        if let Some(waiting) = self.replays.waiting.get(&number) {
            let replay = Replay { number, events, live_after: None };
            self.shards[waiting.shard].send(Command::Replay(replay));
        }
    }
}
