//! Tracks the position that each client knows, and decides when it needs a new one.
//!
//! The invariant: a client is sent a position only when it has been sent everything of its topics up to there; and it
//! is sent a new one before the log has moved on so far that updates after the old one are lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_protocol::EventId;
use serde::{Deserialize, Serialize};

use crate::update::Update;

/// All of the log that is kept, where it is kept longest, in the unit of its turnover.
const KEPT: u64 = 1 << 32;

/// The turnover of the log after which a client is sent a new position.
const RENEWAL: u64 = KEPT / 4;

/// The limits within which the log is kept: as long as they hold, updates after a position can be replayed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// The number of updates, if they are counted over all topics.
    pub(crate) updates: Option<usize>,
    /// The number of bytes of memory.
    pub(crate) bytes: usize,
    /// The age of the oldest.
    pub(crate) age: Duration,
}

impl Retention {
    /// The part of what is kept that an update displaces which comes so long after the one before.
    fn displaced(&self, size: usize, pause: Duration) -> u64 {
        let part = |of: u128, whole: u128| of * u128::from(KEPT) / whole.max(1);
        let count = self.updates.map_or(0, |updates| part(1, updates as u128));
        let bytes = part(size as u128, self.bytes as u128);
        let age = part(pause.as_nanos(), self.age.as_nanos());
        let part = count.max(bytes).max(age).min(u128::from(KEPT));
        u64::try_from(part).unwrap_or(KEPT).max(1)
    }
}

/// The position that a client knows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct KnownPosition {
    /// The last id that was queued for it, with an update or by itself.
    pub(crate) position: EventId,
    /// In a shard: the log's turnover when it was. Outside: the turnover since then.
    pub(crate) turnover: u64,
    /// True while it is sent all there is, so that it may be told another position.
    pub(crate) is_complete: bool,
}

impl KnownPosition {
    /// The position of a client that was just sent this one.
    pub(crate) fn new(position: EventId) -> Self {
        Self { position, turnover: 0, is_complete: true }
    }
}

/// Follows the log, and decides which clients are sent their positions.
#[derive(Debug)]
pub(super) struct PositionTracker {
    retention: Retention,
    newest: EventId,
    /// When the newest update arrived.
    arrived: Instant,
    /// The sum of all that has been displaced so far.
    turnover: u64,
    /// The turns that were due so far and not taken, in parts of one.
    remainder: u64,
    /// The update that carries the newest position; made once for all clients.
    update: Arc<Update>,
}

impl PositionTracker {
    pub(super) fn new(retention: Retention, now: Instant) -> Self {
        let newest = EventId::ZERO;
        let update = Arc::new(Update::position(newest, now));
        Self { retention, newest, arrived: now, turnover: 0, remainder: 0, update }
    }

    /// Notes that an update was queued for all subscribers to its topics. Returns how many subscribers are to have
    /// their turn now: all have had one before the log has turned over by [`RENEWAL`].
    pub(super) fn advance(&mut self, update: &Update, turns: usize) -> usize {
        let pause = update.arrived.saturating_duration_since(self.arrived);
        let part = self.retention.displaced(update.cost(), pause);
        (self.newest, self.arrived) = (update.id, update.arrived);
        self.turnover = self.turnover.wrapping_add(part);
        let due = u128::from(part) * turns as u128 + u128::from(self.remainder);
        self.remainder = u64::try_from(due % u128::from(RENEWAL)).unwrap_or_default();
        usize::try_from(due / u128::from(RENEWAL)).unwrap_or(usize::MAX).min(turns)
    }

    /// Resumes after this id, which may be smaller than any before.
    pub(super) fn restart(&mut self, id: EventId) {
        self.newest = id;
    }

    /// Converts the turnover since a client was sent its position into the turnover at that time, and back.
    pub(super) fn rebase(&self, known: &mut KnownPosition) {
        known.turnover = self.turnover.wrapping_sub(known.turnover);
    }

    /// Notes that a client is sent this position.
    pub(super) fn note_sent(&self, known: &mut KnownPosition, id: EventId) {
        (known.position, known.turnover) = (id, self.turnover);
    }

    /// The position up to which a subscriber was sent everything, if this was its last update.
    pub(super) fn reached(&self, last: EventId) -> EventId {
        self.newest.max(last)
    }

    /// True if the log has turned over by this part of [`RENEWAL`] since the client was sent its position.
    pub(super) fn is_due(&self, known: &KnownPosition, parts: u64) -> bool {
        self.turnover.wrapping_sub(known.turnover) >= RENEWAL / parts
    }

    /// Returns the update that carries a client's position, if its last update was this one; `None` if it knows the
    /// position.
    pub(super) fn update_for(
        &mut self,
        last: EventId,
        known: &KnownPosition,
    ) -> Option<Arc<Update>> {
        let reached = self.reached(last);
        if !known.is_complete || known.position >= reached {
            return None;
        }
        if self.update.id != reached {
            self.update = Arc::new(Update::position(reached, self.arrived));
        }
        Some(Arc::clone(&self.update))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const RETENTION: Retention =
        Retention { updates: Some(1000), bytes: 1_000_000, age: Duration::from_secs(100) };

    #[test]
    fn an_update_displaces_the_largest_of_its_parts() {
        let part = |size, seconds| RETENTION.displaced(size, Duration::from_secs(seconds));
        assert_eq!(part(0, 0), KEPT / 1000);
        assert_eq!(part(500_000, 0), KEPT / 2);
        assert_eq!(part(500_000, 75), KEPT / 4 * 3);
        assert_eq!(part(usize::MAX, u64::MAX / 2), KEPT);
        let for_ever = Retention { updates: None, bytes: usize::MAX, age: Duration::MAX };
        assert_eq!(for_ever.displaced(1, Duration::from_secs(1)), 1);
    }

    #[test]
    fn a_client_that_is_not_sent_everything_is_told_no_other_position() {
        let now = Instant::now();
        let mut positions = PositionTracker::new(RETENTION, now);
        let id = EventId { milliseconds: 7, sequence: 0 };
        positions.advance(&Update::position(id, now), 1);
        let known = KnownPosition::new(EventId::ZERO);
        assert_eq!(positions.update_for(EventId::ZERO, &known).unwrap().id, id);
        assert_eq!(positions.update_for(id.next(9), &known).unwrap().id, id.next(9));
        assert!(positions.update_for(id, &KnownPosition::new(id)).is_none());
        assert!(positions.update_for(id, &KnownPosition { is_complete: false, ..known }).is_none());
    }

    proptest! {
        #[test]
        fn nobody_knows_a_position_that_half_of_what_is_kept_has_come_after(
            subscribers in 1..50_usize,
            sizes in vec(0..100_000_usize, 1..400),
        ) {
            let now = Instant::now();
            let mut positions = PositionTracker::new(RETENTION, now);
            let mut known = vec![KnownPosition::new(EventId::ZERO); subscribers];
            let (mut next, mut told) = (0, 0_u64);
            for (number, size) in sizes.iter().enumerate() {
                let id = EventId { milliseconds: 1, sequence: number as u64 + 1 };
                let update = Update::sized(id, *size, now);
                for _ in 0..positions.advance(&update, subscribers) {
                    let it = &mut known[next % subscribers];
                    next += 1;
                    if positions.is_due(it, 1) && let Some(update) = positions.update_for(EventId::ZERO, it) {
                        positions.note_sent(it, update.id);
                        told += 1;
                    }
                }
                let largest = RETENTION.displaced(200_000, Duration::ZERO);
                for it in &known {
                    prop_assert!(positions.turnover - it.turnover <= KEPT / 2 + largest);
                }
            }
            prop_assert!(told <= (positions.turnover / RENEWAL + 1) * subscribers as u64);
        }
    }
}
