//! Queues what the streams of a group share: updates, heartbeats, positions.
//!
//! The invariant is that of `segment`: who is in a segment is queued each of its pieces, or leaves it before.

use std::cell::OnceCell;
use std::sync::Arc;

use hub_protocol::EventId;

use super::event_loop::EventLoop;
use super::group::Piece;
use super::positions::PositionTracker;
use super::registry::Token;
use super::segment::GroupKey;
use super::subscriber::Subscriber;
use crate::update::Update;

impl EventLoop {
    /// Queues an update for every subscriber with a content coding to one of its topics, once; returns their number.
    pub(super) fn deliver_to_groups(&mut self, update: &Arc<Update>) -> usize {
        let text = OnceCell::new();
        let keys = self.groups.of_topics(&update.topics);
        keys.into_iter().map(|key| self.deliver_to_group(key, update, &text)).sum()
    }

    fn deliver_to_group(
        &mut self,
        key: GroupKey,
        update: &Arc<Update>,
        text: &OnceCell<Vec<u8>>,
    ) -> usize {
        self.groups.equip(key);
        let Self { registry, groups, counters, .. } = self;
        let Some(group) = groups.get(key) else { return 0 };
        let mut members = group.members.keys().iter();
        if !members.any(|token| registry.get(*token).is_some_and(|it| it.awaits(update))) {
            return 0;
        }
        let piece = group.next_piece(text.get_or_init(|| update.text()), update.id);
        let is_first = piece.as_ref().is_some_and(|piece| piece.is_first);
        counters.segments.add(usize::from(is_first));
        self.hand_out(key, update, piece)
    }

    /// Queues an update for each subscriber of a group: as this piece for those who are in the segment, by itself for
    /// all others.
    fn hand_out(&mut self, key: GroupKey, update: &Arc<Update>, mut piece: Option<Piece>) -> usize {
        let Self { registry, groups, to_flush, positions, .. } = self;
        let Some(group) = groups.get(key) else { return 0 };
        let (mut inside, mut outside) = (0, 0);
        for token in group.members.keys() {
            let Some(subscriber) = registry.get(*token) else { continue };
            if !subscriber.awaits(update) {
                subscriber.leave_before(piece.as_ref());
                continue;
            }
            subscriber.position = update.id;
            positions.note_sent(&mut subscriber.known, update.id);
            if subscriber.queue.is_empty() {
                to_flush.push(*token);
            }
            if subscriber.takes(piece.as_mut()) {
                inside += 1;
            } else {
                subscriber.push_update(update);
                outside += 1;
            }
        }
        if let Some(piece) = piece {
            piece.finish();
            if outside > 0 {
                group.note_outside(outside, update.alone_size(group.coding()));
            }
        }
        inside + outside
    }

    /// Queues a position for a subscriber, and for all who are in its segment, unless they know it; returns true if it
    /// did.
    pub(super) fn queue_position(&mut self, token: Token) -> bool {
        let Self { registry, positions, .. } = self;
        let Some(subscriber) = registry.get(token) else { return false };
        let update = positions.update_for(subscriber.position, &subscriber.known);
        let Some(update) = update else { return false };
        let note = |subscriber: &mut Subscriber, positions: &PositionTracker| {
            positions.note_sent(&mut subscriber.known, update.id);
        };
        if self.queue_inside(token, &update.text(), update.id, note) == 0
            && let Some(subscriber) = self.registry.get(token)
        {
            subscriber.queue_position(&mut self.positions);
            self.to_flush.push(token);
        }
        true
    }

    /// Queues text for all who are in the segment that this subscriber is in, and notes it for each; returns their
    /// number. A client that has not read all that it was sent is not sent it, and leaves the segment.
    pub(super) fn queue_inside(
        &mut self,
        token: Token,
        text: &[u8],
        id: EventId,
        note: impl Fn(&mut Subscriber, &PositionTracker),
    ) -> usize {
        let Self { registry, groups, to_flush, positions, .. } = self;
        let compression =
            registry.get(token).and_then(|subscriber| subscriber.compression.as_ref());
        let Some(compression) = compression else { return 0 };
        let Some(group) = groups.get(compression.group) else { return 0 };
        if !group.segment().is_some_and(|segment| compression.is_in(segment)) {
            return 0;
        }
        let Some(mut piece) = group.next_inside(text, id) else { return 0 };
        let mut queued = 0;
        for token in group.members.keys() {
            let Some(subscriber) = registry.get(*token) else { continue };
            if !subscriber.queue.is_empty() {
                subscriber.leave_before(Some(&piece));
            } else if subscriber.takes(Some(&mut piece)) {
                note(subscriber, positions);
                to_flush.push(*token);
                queued += 1;
            }
        }
        piece.finish();
        queued
    }
}

impl Subscriber {
    /// Queues a piece if it is in its segment, which it joins if the piece is the first; returns true if it did.
    fn takes(&mut self, piece: Option<&mut Piece>) -> bool {
        let Some(piece) = piece else { return false };
        if piece.is_first {
            self.end_segment();
        }
        let Some(compression) = &mut self.compression else { return false };
        if piece.is_first {
            compression.join(&piece.segment);
        }
        let is_in = compression.is_in(&piece.segment);
        if is_in {
            self.push_piece(piece);
        }
        is_in
    }

    /// Leaves the segment of a piece that it is not sent.
    fn leave_before(&mut self, piece: Option<&Piece>) {
        let compression = self.compression.as_ref();
        let is_in =
            piece.is_some_and(|piece| compression.is_some_and(|it| it.is_in(&piece.segment)));
        if is_in {
            self.end_segment();
        }
    }
}
