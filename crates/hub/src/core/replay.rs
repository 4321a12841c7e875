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

use hub_protocol::EventId;

use super::{
    pending::{PendingReplay, Stage},
    state::Core,
};
use crate::{
    backlog::Missed,
    shard::{Command, ReplayBatch, ReplayProgress, Subscriber, replay_channel},
    update::Update,
};

/// How many ids are asked for at once.
const IDS: usize = 256;

/// How many walks a stream may need: each for what has come since the one before.
const ROUNDS: u8 = 10;

impl Core {
    /// Has a stream wait in a shard for what it has missed.
    pub(super) fn catch_up(&mut self, mut stream: Subscriber, missing: ReplayProgress) {
        let shard = self.next_shard();
        let replays = &mut self.replays;
        replays.streams += 1;
        let number = replays.streams;
        let (taker, catch_up) = replay_channel(number, &replays.bell);
        for topic in &stream.topics {
            replays.by_topic.entry(topic.clone()).or_default().insert(number);
        }
        let topics = stream.topics.clone();
        let (stage, rounds) = (Stage::Unchecked, ROUNDS);
        replays
            .waiting
            .insert(number, PendingReplay { topics, missing, stage, taker, shard, rounds });
        stream.wait(catch_up);
        self.add_to_shard(shard, stream);
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
            if waiting.stage == Stage::AwaitsClient && waiting.taker.has_room() {
                waiting.stage = Stage::AwaitsScan;
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
        waiting.stage = if is_ahead { Stage::InScan } else { Stage::AwaitsScan };
    }

    /// Tells a stream, after these events, that others are missing; it goes live.
    pub(super) fn lose(&mut self, number: u64, mut events: Vec<Arc<Update>>, now: Instant) {
        let Some(waiting) = self.replays.waiting.get(&number) else { return };
        let newest = self.backlog.newest();
        let last_event_id = waiting.missing.last_event_id.as_deref();
        events.push(Arc::new(Update::reset(newest, last_event_id, now)));
        self.counters.resets.add(1);
        self.finish(number, events, newest);
    }

    /// Lets a stream go live after these events.
    fn finish(&mut self, number: u64, events: Vec<Arc<Update>>, position: EventId) {
        if let Some(waiting) = self.replays.remove(number) {
            let replay = ReplayBatch { number, events, live_after: Some(position) };
            self.shards[waiting.shard].send(Command::Replay(replay));
        }
    }

    /// Gives a stream some of what it has missed.
    pub(super) fn give(&self, number: u64, events: Vec<Arc<Update>>) {
        if let Some(waiting) = self.replays.waiting.get(&number) {
            let replay = ReplayBatch { number, events, live_after: None };
            self.shards[waiting.shard].send(Command::Replay(replay));
        }
    }
}
