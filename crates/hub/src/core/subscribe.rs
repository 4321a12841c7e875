//! Makes a subscriber of a connection: finds its position, and replays what it has missed.
//!
//! The invariant: the replay and the updates that are published later join without a gap or a repeat, or the client
//! gets a reset.

use std::sync::Arc;
use std::time::Instant;

use hub_protocol::{EventId, Subscription};

use super::new_subscriber::{Cursor, NewSubscriber};
use super::state::Core;
use crate::backlog::Missed;
use crate::log::SharedLog;
use crate::shard::{KnownPosition, ReplayProgress};
use crate::update::Update;

impl Core {
    /// Returns the cursor of a subscriber that asks now. It misses nothing that is published from now on.
    pub(crate) fn cursor(&self, subscription: &Subscription, now: Instant) -> Cursor {
        if !self.backlog.has_begun() {
            return Cursor::Unknown;
        }
        let newest = self.backlog.newest();
        let last_event_id = subscription.last_event_id.clone();
        let after = if let Some(id) = &last_event_id {
            // Another hub may be ahead of this one.
            let is_shared = self.log.shared().is_some();
            let is_known = |id: &EventId| *id != EventId::UNKNOWN && (*id <= newest || is_shared);
            id.parse().ok().filter(is_known)
        } else {
            let began = now.checked_sub(subscription.age());
            began.map_or(Some(newest), |began| self.backlog.position_at(began))
        };
        after.map_or(Cursor::Lost { position: newest, last_event_id }, Cursor::After)
    }

    /// Makes a subscriber of a connection, and sends its replay: at once, or when Redis has answered.
    pub(crate) fn subscribe(&mut self, mut new: NewSubscriber, now: Instant) {
        if new.cursor == Cursor::Unknown {
            new.cursor = self.cursor(&new.subscription, now);
        }
        match new.cursor {
            Cursor::After(id) => self.subscribe_after(id, new, now),
            Cursor::Lost { .. } => self.subscribe_with_reset(new, now),
            Cursor::Unknown => self.subscribe_without_log(new, now),
        }
    }

    fn subscribe_after(&mut self, id: EventId, new: NewSubscriber, now: Instant) {
        let (newest, topics) = (self.backlog.newest(), &new.subscription.topics);
        let is_ours = new.subscription.last_event_id.is_none();
        if id <= newest
            && (is_ours || self.backlog.knows(id))
            && let Missed::Updates(updates) = self.backlog.since(topics, id)
        {
            return self.go_live(new, updates, newest);
        }
        if self.log.shared().is_none() {
            return self.subscribe_with_reset(new, now);
        }
        let last_event_id = new.subscription.last_event_id.clone();
        self.counters.accepted.add(1);
        let progress = ReplayProgress { after: id, last_event_id, updates: 0, bytes: 0 };
        self.start_replay(new.into_subscriber(now), progress);
    }

    /// Has a new subscriber wait until the newest id in Redis is known. If Redis cannot be reached, it goes live, and
    /// gets a reset when Redis is back.
    fn subscribe_without_log(&mut self, new: NewSubscriber, now: Instant) {
        if self.log.shared().is_some_and(SharedLog::is_connecting) {
            self.awaiting_redis.push(new);
        } else if new.subscription.last_event_id.is_some() {
            self.subscribe_with_reset(new, now);
        } else {
            self.go_live(new, Vec::new(), self.backlog.newest());
        }
    }

    /// Makes a subscriber live, with a reset: what it has missed cannot be known.
    fn subscribe_with_reset(&mut self, mut new: NewSubscriber, now: Instant) {
        let newest = self.position();
        let (position, last_event_id) = match new.cursor {
            Cursor::Unknown | Cursor::After(_) => (newest, new.subscription.last_event_id.take()),
            Cursor::Lost { position, last_event_id } => (position.min(newest), last_event_id),
        };
        self.counters.resets.add(1);
        let mut updates = vec![Arc::new(Update::reset(position, last_event_id.as_deref(), now))];
        new.cursor = Cursor::Lost { position, last_event_id };
        if let Missed::Updates(later) = self.backlog.since(&new.subscription.topics, position) {
            updates.extend(later);
        }
        self.go_live(new, updates, newest);
    }

    /// The present position.
    fn position(&self) -> EventId {
        if self.backlog.has_begun() { self.backlog.newest() } else { EventId::UNKNOWN }
    }

    /// Sends a subscriber what it has missed, and makes it live after this position.
    fn go_live(&mut self, new: NewSubscriber, mut missed: Vec<Arc<Update>>, position: EventId) {
        let now = Instant::now();
        if self.began_between_updates(&new) {
            missed.push(Arc::new(Update::position(position, now)));
        }
        let mut subscriber = new.into_subscriber(now);
        for update in missed {
            subscriber.push_update(&update);
            subscriber.known = KnownPosition::new(update.id);
        }
        subscriber.position = position;
        self.counters.accepted.add(1);
        self.add(subscriber);
    }

    /// True if a subscriber begins after an id that no update has: Redis can later be asked only for updates after an
    /// id that it has.
    fn began_between_updates(&self, new: &NewSubscriber) -> bool {
        let Cursor::After(id) = new.cursor else { return false };
        let is_first_visit = new.subscription.last_event_id.is_none();
        is_first_visit && self.log.shared().is_some() && !self.backlog.has_seen(id)
    }

    /// Ends the stream of a subscriber before it goes live. Its client reconnects for what it has missed.
    pub(super) fn end_before_live(&mut self, new: NewSubscriber) {
        let mut subscriber = new.into_subscriber(Instant::now());
        subscriber.known.is_complete = false;
        self.add(subscriber);
    }

    /// Resumes connections that waited for the newest id in Redis, as it is known now, or cannot be.
    pub(super) fn subscribe_waiting(&mut self, now: Instant) {
        for new in std::mem::take(&mut self.awaiting_redis) {
            self.subscribe(new, now);
        }
    }
}
