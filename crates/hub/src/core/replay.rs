//! Subscribers that wait for what they have missed, where only Redis has that. A shard holds them meanwhile, so
//! that they have heartbeats, and end when they are to.
//!
//! The invariant: a subscriber is sent nothing new before it has what it has missed. What it has been sent reaches
//! without a gap from its last event ID up to some position; it goes live from a position that the backlog reaches
//! back to, or its client is told that updates are missing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use hub_protocol::EventId;

use super::pending::{PendingReplay, Stage};
use super::state::Core;
use crate::backlog::Missed;
use crate::shard::{Command, ReplayBatch, ReplayProgress, Subscriber, replay_channel};
use crate::update::Update;

/// Redis is asked for so many ids at once.
const IDS: usize = 256;

/// A subscriber may need so many scans: each for what has come since the one before.
const SCANS: u8 = 10;

impl Core {
    /// Has a subscriber wait in a shard for what it has missed.
    pub(super) fn start_replay(&mut self, mut subscriber: Subscriber, progress: ReplayProgress) {
        let shard = self.next_shard();
        let replays = &mut self.replays;
        replays.last_number += 1;
        let number = replays.last_number;
        let (sender, receiver) = replay_channel(number, &replays.waker);
        for topic in &subscriber.topics {
            replays.by_topic.entry(topic.clone()).or_default().insert(number);
        }
        let topics = subscriber.topics.clone();
        let (stage, scans_left) = (Stage::Unchecked, SCANS);
        let pending = PendingReplay { topics, progress, stage, sender, shard, scans_left };
        replays.by_number.insert(number, pending);
        subscriber.await_replay(receiver);
        self.add_to_shard(shard, subscriber);
        if self.log.shared().is_some() {
            self.check_positions();
        } else {
            self.finish_with_reset(number, Vec::new(), Instant::now());
        }
    }

    /// Goes on, when a client has taken something or a subscriber has gone.
    pub(super) fn continue_replays(&mut self) {
        if !self.replays.waker.drain() {
            return;
        }
        for number in self.replays.numbers(|pending| pending.sender.is_closed()) {
            self.replays.remove(number);
        }
        for pending in self.replays.by_number.values_mut() {
            if pending.stage == Stage::AwaitsClient && pending.sender.has_room() {
                pending.stage = Stage::AwaitsScan;
            }
        }
        self.check_positions();
        self.start_scan();
    }

    /// Asks Redis whether it reaches back to the positions of those that have come since it was asked last.
    pub(super) fn check_positions(&mut self) {
        let Some(shared) = self.log.shared().filter(|_| self.replays.checking.is_none()) else {
            return;
        };
        let pending = self.replays.by_number.values();
        let unchecked = pending.filter(|pending| pending.stage == Stage::Unchecked);
        let mut ids = HashSet::new();
        for pending in unchecked {
            ids.insert(pending.progress.after);
            if ids.len() >= IDS {
                break;
            }
        }
        if ids.is_empty() {
            return;
        }
        let ids: Vec<_> = ids.into_iter().collect();
        let request = self.replays.next_request();
        shared.check_ids(ids.clone(), request);
        self.replays.checking = Some((request, ids));
    }

    /// Redis has said which of the ids it has; `None` if it does not know.
    pub(super) fn process_checked(&mut self, request: u64, held: Option<Vec<bool>>, now: Instant) {
        let asked = self.replays.checking.take_if(|(asked, _)| *asked == request);
        let Some((_, ids)) = asked else { return };
        let held = held.unwrap_or_else(|| vec![false; ids.len()]);
        let held: HashMap<EventId, bool> = ids.into_iter().zip(held).collect();
        let unchecked = self.replays.numbers(|pending| pending.stage == Stage::Unchecked);
        for number in unchecked {
            let pending = self.replays.by_number.get(&number);
            match pending.and_then(|pending| held.get(&pending.progress.after)) {
                Some(true) => self.finish_or_await_scan(number, now),
                Some(false) => self.finish_with_reset(number, Vec::new(), now),
                None => {}
            }
        }
        self.check_positions();
        self.start_scan();
    }

    /// Lets a subscriber go live to whose position the backlog reaches back; has others wait for a scan.
    pub(super) fn finish_or_await_scan(&mut self, number: u64, now: Instant) {
        let newest = self.backlog.newest();
        let Some(pending) = self.replays.by_number.get_mut(&number) else { return };
        let after = pending.progress.after;
        // It may be ahead of this hub.
        let missed = if after >= newest {
            Missed::Updates(Vec::new())
        } else {
            self.backlog.since(&pending.topics, after)
        };
        if let Missed::Updates(updates) = missed {
            return self.finish(number, updates, newest.max(after));
        }
        if pending.scans_left == 0 {
            return self.finish_with_reset(number, Vec::new(), now);
        }
        pending.scans_left -= 1;
        let scan = self.replays.scan.as_ref();
        let is_ahead = scan.is_some_and(|scan| after >= scan.position);
        pending.stage = if is_ahead { Stage::InScan } else { Stage::AwaitsScan };
    }

    /// Tells a client, after these updates, that others are missing; its subscriber goes live.
    pub(super) fn finish_with_reset(
        &mut self,
        number: u64,
        mut updates: Vec<Arc<Update>>,
        now: Instant,
    ) {
        let Some(pending) = self.replays.by_number.get(&number) else { return };
        let newest = self.backlog.newest();
        let last_event_id = pending.progress.last_event_id.as_deref();
        updates.push(Arc::new(Update::reset(newest, last_event_id, now)));
        self.counters.resets.add(1);
        self.finish(number, updates, newest);
    }

    /// Lets a subscriber go live after these updates.
    fn finish(&mut self, number: u64, updates: Vec<Arc<Update>>, position: EventId) {
        if let Some(pending) = self.replays.remove(number) {
            let batch = ReplayBatch { number, updates, live_after: Some(position) };
            self.shards[pending.shard].send(Command::Replay(batch));
        }
    }

    /// Sends a subscriber some of what it has missed.
    pub(super) fn send_batch(&self, number: u64, updates: Vec<Arc<Update>>) {
        if let Some(pending) = self.replays.by_number.get(&number) {
            let batch = ReplayBatch { number, updates, live_after: None };
            self.shards[pending.shard].send(Command::Replay(batch));
        }
    }
}
