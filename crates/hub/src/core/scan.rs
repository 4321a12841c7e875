//! One walk through what Redis keeps, for all who have missed something: from the place of the one that is
//! furthest behind upwards, page by page. Others get on where it passes them.
//!
//! The invariant: there is one walk at a time, and one page of it; the next is asked for when this one has
//! been given out, so that the hub has time for everything else between. Whatever is given is there once, for
//! all who get it.

use std::{collections::HashMap, sync::Arc, time::Instant};

use hub_protocol::EventId;
use redis_log::{Entry, Page};

use super::{
    pending::{Room, Scan, Stage},
    state::Core,
};
use crate::update::Update;

/// What is given of a page, by the streams' numbers.
type Gifts = HashMap<u64, Vec<Arc<Update>>>;

impl Core {
    /// Begins a walk if there is none, and somebody waits for it.
    pub(super) fn walk(&mut self) {
        let replays = &mut self.replays;
        if replays.walk.is_some() {
            return;
        }
        let ready =
            replays.waiting.values_mut().filter(|waiting| waiting.stage == Stage::AwaitsScan);
        let mut lowest = None;
        for waiting in ready {
            waiting.stage = Stage::InScan;
            let after = waiting.missing.after;
            lowest = Some(lowest.map_or(after, |lowest: EventId| lowest.min(after)));
        }
        if let Some(position) = lowest {
            let target = self.backlog.newest();
            self.step(Scan { question: 0, position, target });
        }
    }

    /// Asks for the next page.
    fn step(&mut self, walk: Scan) {
        let Some(shared) = self.log.shared() else { return };
        self.replays.questions += 1;
        let question = self.replays.questions;
        shared.page(walk.position, walk.target, question);
        self.replays.walk = Some(Scan { question, ..walk });
    }

    /// Redis has told the next page.
    pub(super) fn paged(&mut self, question: u64, page: Page, now: Instant) {
        let Some(mut walk) = self.replays.walk.take_if(|walk| walk.question == question) else {
            return;
        };
        match page {
            Page::Next { entries, last, is_end } => {
                self.give_out(walk.position, entries, now);
                walk.position = last;
                if !is_end && self.is_anybody_aboard() {
                    return self.step(walk);
                }
                for number in self.arrive_at(walk.position) {
                    self.go_live_or_wait(number, now);
                }
            }
            Page::Gone => {
                // Who was furthest behind has lost its place; of others that is not known.
                for number in self.arrive_at(walk.position) {
                    if let Some(waiting) = self.replays.waiting.get_mut(&number) {
                        waiting.stage = Stage::Unchecked;
                    }
                }
            }
            Page::Unknown => {
                for number in self.arrive_at(walk.position) {
                    self.lose(number, Vec::new(), now);
                }
            }
        }
        self.check();
        self.walk();
    }

    fn is_anybody_aboard(&self) -> bool {
        let mut waiting = self.replays.waiting.values();
        waiting.any(|waiting| waiting.stage == Stage::InScan && !waiting.taker.is_gone())
    }

    /// Who is aboard when the walk ends: each has been given all up to there.
    fn arrive_at(&mut self, position: EventId) -> Vec<u64> {
        let aboard = self.replays.numbers(|waiting| waiting.stage == Stage::InScan);
        for number in &aboard {
            if let Some(waiting) = self.replays.waiting.get_mut(number) {
                waiting.missing.after = waiting.missing.after.max(position);
            }
        }
        aboard
    }

    /// Gives the events of a page, which comes after a place, to those who follow their topics.
    fn give_out(&mut self, mut place: EventId, entries: Vec<Entry>, now: Instant) {
        let mut gifts = Gifts::new();
        for Entry { id, publication } in entries {
            let by_topic = &self.replays.by_topic;
            let lists = publication.topics.iter().filter_map(|topic| by_topic.get(topic));
            let takers: Vec<u64> = lists.flatten().copied().collect();
            if !takers.is_empty() {
                let event = Arc::new(Update::new(id, publication, now));
                event.queue();
                for number in takers {
                    self.offer(number, &event, place, &mut gifts, now);
                }
            }
            place = id;
        }
        for (number, events) in gifts {
            self.give(number, events);
        }
    }

    /// Gives an event to one who has had all before it, if it is aboard.
    fn offer(
        &mut self,
        number: u64,
        event: &Arc<Update>,
        place: EventId,
        gifts: &mut Gifts,
        now: Instant,
    ) {
        let limits = self.replays.limits;
        let Some(waiting) = self.replays.waiting.get_mut(&number) else { return };
        if waiting.stage != Stage::InScan || waiting.missing.after >= event.id {
            return;
        }
        match waiting.room(event.size(), limits) {
            Room::Enough => {
                waiting.take(event);
                gifts.entry(number).or_default().push(Arc::clone(event));
            }
            Room::Later => {
                waiting.stage = Stage::AwaitsClient;
                waiting.missing.after = waiting.missing.after.max(place);
            }
            Room::Never => {
                let events = gifts.remove(&number).unwrap_or_default();
                self.lose(number, events, now);
            }
        }
    }
}
