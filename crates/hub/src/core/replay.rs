//! Replay from Redis, for subscribers that have missed more than the backlog keeps.
//!
//! A shard holds them meanwhile, so that they get heartbeats, and end in time.
//!
//! The invariant: a subscriber is sent nothing new before its replay. The replay reaches without a gap from its last
//! event ID up to some position; it goes live from a position that the backlog still reaches, or its client gets a
//! reset.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use hub_protocol::EventId;

use super::pending::{PendingReplay, Stage};
use super::state::Core;
use crate::backlog::Missed;
use crate::shard::{Command, ReplayBatch, ReplayProgress, Subscriber, replay_channel};
use crate::update::Update;

/// The most ids that Redis is asked about at once.
const IDS: usize = 256;

/// The most scans that a subscriber may need: each for what came since the one before.
const SCANS: u8 = 10;

impl Core {
    /// Starts the replay of a subscriber, and has a shard hold it meanwhile.
    pub(super) fn start_replay(&mut self, mut subscriber: Subscriber, progress: ReplayProgress) {
        let shard = self.next_shard();
        let replays = &mut self.replays;
        replays.last_number += 1;
        let number = replays.last_number;
        let (sender, receiver) = replay_channel(number, &replays.waker);
        for topic in subscriber.topics.iter() {
            replays.by_topic.entry(topic.clone()).or_default().insert(number);
        }
        let topics = Arc::clone(&subscriber.topics);
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

    /// Resumes replays whose clients have read some, and the scan whose last page has been queued; removes replays whose
    /// subscribers are gone.
    pub(super) fn continue_replays(&mut self, now: Instant) {
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
        self.continue_scan(now);
        self.check_positions();
        self.start_scan();
    }

    /// Asks Redis if it still has the positions of subscribers that it was not asked about yet.
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

    /// Processes the reply that says which of the ids Redis has; `None` if it does not know.
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

    /// Makes a subscriber live if the backlog reaches back to its position; has others wait for a scan.
    pub(super) fn finish_or_await_scan(&mut self, number: u64, now: Instant) {
        let newest = self.backlog.newest();
        let Some(pending) = self.replays.by_number.get_mut(&number) else { return };
        let after = pending.progress.after;
        // The subscriber may be ahead of this hub.
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

    /// Sends a client these updates and a reset, as others are missing; its subscriber goes live.
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

    /// Makes a subscriber live after these updates.
    fn finish(&mut self, number: u64, updates: Vec<Arc<Update>>, position: EventId) {
        if let Some(pending) = self.replays.remove(number) {
            let page = self.replays.page.clone();
            let batch = ReplayBatch { number, updates, live_after: Some(position), page };
            self.shards[pending.shard].send(Command::Replay(batch));
        }
    }

    /// Sends a subscriber part of its replay.
    pub(super) fn send_batch(&self, number: u64, updates: Vec<Arc<Update>>) {
        if let Some(pending) = self.replays.by_number.get(&number) {
            let page = self.replays.page.clone();
            let batch = ReplayBatch { number, updates, live_after: None, page };
            self.shards[pending.shard].send(Command::Replay(batch));
        }
    }
}
