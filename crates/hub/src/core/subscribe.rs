//! How a stream goes live: from where it goes on, and what it has missed.
//!
//! The invariant: what a stream has missed and what is published from then on join without a gap or a
//! repeat, or the stream is told that events are missing.

use std::{sync::Arc, time::Instant};

use hub_protocol::{EventId, Subscription};

use super::{
    new_subscriber::{Cursor, NewSubscriber, stream},
    state::Core,
};
use crate::{
    backlog::Missed,
    log::Shared,
    shard::{KnownPosition, ReplayProgress},
    update::Update,
};

impl Core {
    /// From where a stream goes on that asks now. What is published from here on is not missed.
    pub(crate) fn cursor(&self, subscription: &Subscription, now: Instant) -> Cursor {
        if !self.backlog.has_begun() {
            return Cursor::Unknown;
        }
        let newest = self.backlog.newest();
        let last_event_id = subscription.last_event_id.clone();
        let after = if let Some(id) = &last_event_id {
            // Another hub may be ahead of this one.
            let is_shared = self.log.shared().is_some();
            let is_known = |id: &EventId| *id != EventId::NOWHERE && (*id <= newest || is_shared);
            id.parse().ok().filter(is_known)
        } else {
            let began = now.checked_sub(subscription.age());
            began.map_or(Some(newest), |began| self.backlog.position_at(began))
        };
        after.map_or(Cursor::Lost { position: newest, last_event_id }, Cursor::After)
    }

    /// Lets a stream go live, with what it has missed; at once, or when Redis has told that.
    pub(crate) fn subscribe(&mut self, mut joining: NewSubscriber, now: Instant) {
        if joining.cursor == Cursor::Unknown {
            joining.cursor = self.cursor(&joining.subscription, now);
        }
        match joining.cursor {
            Cursor::After(id) => self.join_after(id, joining, now),
            Cursor::Lost { .. } => self.join_lost(joining, now),
            Cursor::Unknown => self.join_blindly(joining, now),
        }
    }

    fn join_after(&mut self, id: EventId, joining: NewSubscriber, now: Instant) {
        let (newest, topics) = (self.backlog.newest(), &joining.subscription.topics);
        let is_ours = joining.subscription.last_event_id.is_none();
        if id <= newest
            && (is_ours || self.backlog.knows(id))
            && let Missed::Events(events) = self.backlog.since(topics, id)
        {
            return self.go_live(joining, events, newest);
        }
        if self.log.shared().is_none() {
            return self.join_lost(joining, now);
        }
        let last_event_id = joining.subscription.last_event_id.clone();
        self.counters.accepted.add(1);
        let missing = ReplayProgress { after: id, last_event_id, events: 0, bytes: 0 };
        self.catch_up(stream(joining, now), missing);
    }

    /// Has a stream wait until it is known where Redis stands; not longer than until Redis cannot be reached:
    /// then it goes live, and is told when Redis is back.
    fn join_blindly(&mut self, joining: NewSubscriber, now: Instant) {
        if self.log.shared().is_some_and(Shared::is_connecting) {
            self.early.push(joining);
        } else if joining.subscription.last_event_id.is_some() {
            self.join_lost(joining, now);
        } else {
            self.go_live(joining, Vec::new(), self.backlog.newest());
        }
    }

    /// Lets a stream go live that is told that it has missed what cannot be known.
    pub(super) fn join_lost(&mut self, mut joining: NewSubscriber, now: Instant) {
        let newest = self.position();
        let (position, last_event_id) = match joining.cursor {
            Cursor::Unknown | Cursor::After(_) => {
                (newest, joining.subscription.last_event_id.take())
            }
            Cursor::Lost { position, last_event_id } => (position.min(newest), last_event_id),
        };
        self.counters.resets.add(1);
        let mut events = vec![Arc::new(Update::reset(position, last_event_id.as_deref(), now))];
        joining.cursor = Cursor::Lost { position, last_event_id };
        if let Missed::Events(later) = self.backlog.since(&joining.subscription.topics, position) {
            events.extend(later);
        }
        self.go_live(joining, events, newest);
    }

    /// The position of now.
    fn position(&self) -> EventId {
        if self.backlog.has_begun() { self.backlog.newest() } else { EventId::NOWHERE }
    }

    pub(super) fn go_live(
        &mut self,
        joining: NewSubscriber,
        mut missed: Vec<Arc<Update>>,
        position: EventId,
    ) {
        let now = Instant::now();
        if self.began_between_events(&joining) {
            missed.push(Arc::new(Update::position(position, now)));
        }
        let mut stream = stream(joining, now);
        for event in missed {
            stream.queue.push_event(&event, stream.output);
            stream.known = KnownPosition::new(event.id);
        }
        stream.position = position;
        self.counters.accepted.add(1);
        self.add(stream);
    }

    /// Whether a stream begins after an id that no event has: of Redis, only what comes after an event can be
    /// asked later on.
    fn began_between_events(&self, joining: &NewSubscriber) -> bool {
        let Cursor::After(id) = joining.cursor else { return false };
        let is_first_visit = joining.subscription.last_event_id.is_none();
        is_first_visit && self.log.shared().is_some() && !self.backlog.has_seen(id)
    }

    /// Ends a stream that has yet to go live. It comes back for what it has missed.
    pub(super) fn dismiss(&mut self, joining: NewSubscriber) {
        let mut stream = stream(joining, Instant::now());
        stream.known.is_complete = false;
        self.add(stream);
    }

    /// It is known now where Redis stands, or that it cannot be known.
    pub(super) fn join_early(&mut self, now: Instant) {
        for joining in std::mem::take(&mut self.early) {
            self.subscribe(joining, now);
        }
    }
}
