//! The subscribers that wait for a replay, and the stage and progress of each.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};

use hub_protocol::{EventId, Topic};

use crate::config::ReplayLimits;
use crate::shard::{PageInFlight, ReplayProgress, ReplaySender, Waker};
use crate::update::Update;

/// The stages of a replay, each named for what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// For Redis to confirm that it still has the subscriber's position.
    Unchecked,
    /// For a scan that begins at the subscriber's position or before.
    AwaitsScan,
    /// For the pages of the scan that is under way.
    InScan,
    /// For its client, which first has to read some of what it was sent.
    AwaitsClient,
}

/// A subscriber that waits for its replay.
#[derive(Debug)]
pub(super) struct PendingReplay {
    pub(super) topics: Arc<[Topic]>,
    pub(super) progress: ReplayProgress,
    pub(super) stage: Stage,
    pub(super) sender: ReplaySender,
    /// The index of the shard that has it.
    pub(super) shard: usize,
    /// The number of scans that it may still take part in.
    pub(super) scans_left: u8,
}

/// A scan of the stream in Redis.
#[derive(Debug)]
pub(super) struct Scan {
    /// The id that it has reached.
    pub(super) position: EventId,
    /// The id at which it ends.
    pub(super) target: EventId,
    pub(super) awaits: Awaited,
}

/// The event that a scan waits for.
#[derive(Debug)]
pub(super) enum Awaited {
    /// For the next page, by the number of the request.
    Page(u64),
    /// For the shards to queue the last page; the next one is wanted if it was not the end.
    Queued { page: Weak<PageInFlight>, is_end: bool },
}

/// All pending replays.
#[derive(Debug)]
pub(super) struct PendingReplays {
    pub(super) waker: Arc<Waker>,
    pub(super) limits: ReplayLimits,
    pub(super) by_number: HashMap<u64, PendingReplay>,
    pub(super) by_topic: HashMap<Topic, HashSet<u64>>,
    /// The number of the last replay.
    pub(super) last_number: u64,
    /// The number of the last request to Redis.
    pub(super) last_request: u64,
    /// The request that asks which ids Redis has, while it is under way, and these ids.
    pub(super) checking: Option<(u64, Vec<EventId>)>,
    pub(super) scan: Option<Scan>,
    /// The page whose batches are being sent.
    pub(super) page: Option<Arc<PageInFlight>>,
}

/// The moment when a subscriber can be sent one more update.
pub(super) enum Admission {
    Now,
    /// Once its client has read some.
    Later,
    /// Never: it would exceed the limits of a replay.
    Never,
}

impl Scan {
    /// True once the shards have queued its last page.
    pub(super) fn is_queued(&self) -> bool {
        matches!(&self.awaits, Awaited::Queued { page, .. } if page.strong_count() == 0)
    }
}

impl PendingReplays {
    pub(super) fn new(limits: ReplayLimits, waker: Arc<Waker>) -> Self {
        Self {
            waker,
            limits,
            by_number: HashMap::new(),
            by_topic: HashMap::new(),
            last_number: 0,
            last_request: 0,
            checking: None,
            scan: None,
            page: None,
        }
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        self.by_number.clear();
        self.by_topic.clear();
        (self.checking, self.scan) = (None, None);
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<PendingReplay> {
        let pending = self.by_number.remove(&number)?;
        for topic in pending.topics.iter() {
            if let Some(numbers) = self.by_topic.get_mut(topic) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.by_topic.remove(topic);
                }
            }
        }
        Some(pending)
    }

    /// Returns the progress of a replay, for a subscriber that continues it in another program.
    pub(super) fn progress(&self, number: u64) -> Option<ReplayProgress> {
        let pending = self.by_number.get(&number)?;
        let mut progress = pending.progress.clone();
        if pending.stage == Stage::InScan
            && let Some(scan) = &self.scan
        {
            progress.after = progress.after.max(scan.position);
        }
        Some(progress)
    }

    /// Returns the numbers of the replays that `is_wanted` is true of.
    pub(super) fn numbers(&self, is_wanted: impl Fn(&PendingReplay) -> bool) -> Vec<u64> {
        let wanted = self.by_number.iter().filter(|(_, pending)| is_wanted(pending));
        wanted.map(|(number, _)| *number).collect()
    }

    /// The number of the next request to Redis.
    pub(super) fn next_request(&mut self) -> u64 {
        self.last_request += 1;
        self.last_request
    }
}

impl PendingReplay {
    /// Decides when this subscriber can be sent an update of this size.
    pub(super) fn admits(&self, size: usize, limits: ReplayLimits) -> Admission {
        if self.progress.updates >= limits.events || self.progress.bytes + size > limits.bytes {
            Admission::Never
        } else if self.sender.has_room() {
            Admission::Now
        } else {
            Admission::Later
        }
    }

    /// Notes that the subscriber is sent an update.
    pub(super) fn note_sent(&mut self, update: &Update) {
        let size = update.size();
        self.progress.after = update.id;
        self.progress.updates += 1;
        self.progress.bytes += size;
        self.sender.note_sent(size);
    }
}
