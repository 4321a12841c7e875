//! Queues updates for subscribers: published ones, replays, resets, positions.
//!
//! The invariant: each update of a subscriber's topics is queued for it once and in order, or a reset is. An update
//! costs an entry in the queue of each subscriber: no allocation but the queue's own, and no look-up but by token.

use std::sync::Arc;

use super::command::ReplayBatch;
use super::event_loop::EventLoop;
use super::subscriber::Subscriber;
use crate::update::Update;

impl EventLoop {
    /// Queues an update for every subscriber to one of its topics, once.
    pub(super) fn deliver(&mut self, update: &Arc<Update>) {
        let Self { registry, to_flush, positions, .. } = self;
        let mut delivered = 0;
        for topic in &update.topics {
            registry.for_each_of_topic(topic, |token, subscriber| {
                if !subscriber.awaits(update) {
                    return;
                }
                subscriber.position = update.id;
                positions.note_sent(&mut subscriber.known, update.id);
                if subscriber.queue.is_empty() {
                    to_flush.push(token);
                }
                subscriber.push_update(update);
                delivered += 1;
            });
        }
        delivered += self.deliver_to_groups(update);
        self.counters.delivered.add(delivered);
        self.drop_if_slow();
        let turns = self.positions.advance(update, self.registry.turns());
        self.renew_positions(turns);
    }

    /// Queues positions for the next subscribers, if they are due. A client that has not read all that it was sent
    /// has to read that first.
    fn renew_positions(&mut self, turns: usize) {
        let Self { registry, positions, .. } = self;
        let mut due = Vec::new();
        let is_due = |subscriber: &Subscriber| {
            !subscriber.is_ending
                && subscriber.queue.is_empty()
                && positions.is_due(&subscriber.known, 1)
        };
        registry.take_turns(turns, |token, subscriber| {
            if is_due(subscriber) {
                due.push(token);
            }
        });
        for token in due {
            // One before may have been in the same segment.
            if self.registry.get(token).is_some_and(|it| it.queue.is_empty()) {
                self.queue_position(token);
            }
        }
    }

    /// Queues part of a subscriber's replay.
    pub(super) fn replay(&mut self, batch: ReplayBatch) {
        // The page is let go of last: the core sends another one then.
        let ReplayBatch { page: _page, number, updates, live_after } = batch;
        let Some(token) = self.by_replay.get(&number).copied() else { return };
        let Some(subscriber) = self.registry.get(token).filter(|it| !it.is_ending) else { return };
        for update in updates {
            subscriber.push_update(&update);
            self.positions.note_sent(&mut subscriber.known, update.id);
            if let Some(receiver) = &mut subscriber.replay_receiver {
                receiver.note_received(update.size());
            }
        }
        if let Some(position) = live_after {
            subscriber.go_live(position);
            self.by_replay.remove(&number);
        }
        self.to_flush.push(token);
        self.drop_if_slow();
    }

    /// Queues a reset for every subscriber.
    pub(super) fn reset(&mut self, update: &Arc<Update>) {
        self.positions.restart(update.id);
        for token in self.registry.tokens() {
            let Some(subscriber) = self.registry.get(token).filter(|it| !it.is_ending) else {
                continue;
            };
            self.positions.note_sent(&mut subscriber.known, update.id);
            subscriber.push_update(update);
            if let Some(number) = subscriber.go_live(update.id) {
                self.by_replay.remove(&number);
            }
            self.counters.resets.add(1);
            self.to_flush.push(token);
        }
    }
}
