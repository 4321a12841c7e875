//! Scans Redis once, page by page, for all subscribers that wait for a replay.
//!
//! It begins at the lowest position; others take part from where it passes theirs.
//!
//! The invariant: there is one scan at a time, and one page of it; the next is asked for when the shards have queued
//! this one. So the hub has time for everything else between, and what is on its way to the shards, where no slow
//! client is dropped for it, is one page at most. An update is in memory once, for all who are sent it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Instant;

use hub_protocol::EventId;
use redis_log::{Entry, Page};

use super::pending::{Admission, Awaited, Scan, Stage};
use super::state::Core;
use crate::shard::PageInFlight;
use crate::update::Update;

/// The updates of a page to send, by the numbers of the replays.
type Batches = HashMap<u64, Vec<Arc<Update>>>;

impl Core {
    /// Starts a scan if there is none, and a replay waits for one.
    pub(super) fn start_scan(&mut self) {
        let replays = &mut self.replays;
        if replays.scan.is_some() {
            return;
        }
        let pending = replays.by_number.values_mut();
        let mut lowest = None;
        for pending in pending.filter(|pending| pending.stage == Stage::AwaitsScan) {
            pending.stage = Stage::InScan;
            let after = pending.progress.after;
            lowest = Some(lowest.map_or(after, |lowest: EventId| lowest.min(after)));
        }
        if let Some(position) = lowest {
            self.request_page(position, self.backlog.newest());
        }
    }

    fn request_page(&mut self, position: EventId, target: EventId) {
        let Some(shared) = self.log.shared() else { return };
        let request = self.replays.next_request();
        shared.page(position, target, request);
        self.replays.scan = Some(Scan { position, target, awaits: Awaited::Page(request) });
    }

    /// Processes the next page from Redis.
    pub(super) fn process_page(&mut self, request: u64, page: Page, now: Instant) {
        let is_asked = |scan: &mut Scan| matches!(scan.awaits, Awaited::Page(it) if it == request);
        let Some(scan) = self.replays.scan.take_if(is_asked) else { return };
        match page {
            Page::Next { entries, last, is_end } => {
                let page = self.send_page(scan.position, entries, now);
                let awaits = Awaited::Queued { page, is_end };
                self.replays.scan = Some(Scan { position: last, awaits, ..scan });
                return self.continue_scan(now);
            }
            Page::Gone => {
                // Redis no longer reaches back to the lowest position; it may reach back to others.
                for number in self.end_scan(scan.position) {
                    if let Some(pending) = self.replays.by_number.get_mut(&number) {
                        pending.stage = Stage::Unchecked;
                    }
                }
            }
            Page::Unavailable => {
                for number in self.end_scan(scan.position) {
                    self.finish_with_reset(number, Vec::new(), now);
                }
            }
        }
        self.check_positions();
        self.start_scan();
    }

    /// Goes on with the scan if the shards have queued its last page.
    pub(super) fn continue_scan(&mut self, now: Instant) {
        let Some(scan) = self.replays.scan.take_if(|scan| scan.is_queued()) else { return };
        let is_end = matches!(scan.awaits, Awaited::Queued { is_end: true, .. });
        if !is_end && self.is_scan_wanted() {
            return self.request_page(scan.position, scan.target);
        }
        for number in self.end_scan(scan.position) {
            self.finish_or_await_scan(number, now);
        }
        self.check_positions();
        self.start_scan();
    }

    /// True while a replay waits for the next page.
    fn is_scan_wanted(&self) -> bool {
        let mut pending = self.replays.by_number.values();
        pending.any(|pending| pending.stage == Stage::InScan && !pending.sender.is_closed())
    }

    /// Ends the scan at this position, and returns the numbers of the replays that have taken part.
    fn end_scan(&mut self, position: EventId) -> Vec<u64> {
        let numbers = self.replays.numbers(|pending| pending.stage == Stage::InScan);
        for number in &numbers {
            if let Some(pending) = self.replays.by_number.get_mut(number) {
                pending.progress.after = pending.progress.after.max(position);
            }
        }
        numbers
    }

    /// Sends the updates of a page, which follows this position, to the subscribers to their topics.
    fn send_page(
        &mut self,
        mut position: EventId,
        entries: Vec<Entry>,
        now: Instant,
    ) -> Weak<PageInFlight> {
        let page = PageInFlight::new(&self.replays.waker);
        self.replays.page = Some(Arc::clone(&page));
        let mut batches = Batches::new();
        for Entry { id, publication } in entries {
            let by_topic = &self.replays.by_topic;
            let lists = publication.topics.iter().filter_map(|topic| by_topic.get(topic));
            let numbers: Vec<u64> = lists.flatten().copied().collect();
            if !numbers.is_empty() {
                let update = Arc::new(Update::new(id, publication, now));
                update.count_in_queues();
                for number in numbers {
                    self.add_to_batch(number, &update, position, &mut batches, now);
                }
            }
            position = id;
        }
        for (number, updates) in batches {
            self.send_batch(number, updates);
        }
        self.replays.page = None;
        Arc::downgrade(&page)
    }

    /// Adds an update to the batch of a subscriber, if it takes part in the scan and has all updates before.
    fn add_to_batch(
        &mut self,
        number: u64,
        update: &Arc<Update>,
        position: EventId,
        batches: &mut Batches,
        now: Instant,
    ) {
        let limits = self.replays.limits;
        let Some(pending) = self.replays.by_number.get_mut(&number) else { return };
        if pending.stage != Stage::InScan || pending.progress.after >= update.id {
            return;
        }
        match pending.admits(update.size(), limits) {
            Admission::Now => {
                pending.note_sent(update);
                batches.entry(number).or_default().push(Arc::clone(update));
            }
            Admission::Later => {
                pending.stage = Stage::AwaitsClient;
                pending.progress.after = pending.progress.after.max(position);
            }
            Admission::Never => {
                let updates = batches.remove(&number).unwrap_or_default();
                self.finish_with_reset(number, updates, now);
            }
        }
    }
}
