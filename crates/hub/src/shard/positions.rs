//! The log of events as a shard sees it pass, and what clients know of their place in it.
//!
//! The invariant: a client is told a position only when it has been sent everything of its topics up to there;
//! and it is told another one before the log has moved on so far that nobody could say what came after the last.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hub_protocol::EventId;
use serde::{Deserialize, Serialize};

use crate::update::Update;

/// What is kept of the log, wherever it is kept longest, in the parts that a position ages by.
const KEPT: u64 = 1 << 32;

/// How far the log may move on before a client is told where it is.
const RENEWAL: u64 = KEPT / 4;

/// How much of the log is kept: for so long, it can be said what came after a position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// How many events, if they are counted over all topics.
    pub(crate) events: Option<usize>,
    /// How many bytes of memory.
    pub(crate) bytes: usize,
    /// For how long.
    pub(crate) age: Duration,
}

impl Retention {
    /// Which part of what is kept an event takes the place of, that comes so long after the one before.
    fn part(&self, size: usize, pause: Duration) -> u64 {
        let part = |of: u128, whole: u128| of * u128::from(KEPT) / whole.max(1);
        let count = self.events.map_or(0, |events| part(1, events as u128));
        let bytes = part(size as u128, self.bytes as u128);
        let age = part(pause.as_nanos(), self.age.as_nanos());
        let part = count.max(bytes).max(age).min(u128::from(KEPT));
        u64::try_from(part).unwrap_or(KEPT).max(1)
    }
}

/// What a client knows of its place.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct KnownPosition {
    /// The last id that was queued for it, with an event or by itself.
    pub(crate) position: EventId,
    /// In a shard: how far the log had moved then. Outside: how far it has moved since.
    pub(crate) turnover: u64,
    /// Whether it is sent all there is, so that it may be told another position.
    pub(crate) is_complete: bool,
}

impl KnownPosition {
    /// What a client knows that has just been told this.
    pub(crate) fn new(position: EventId) -> Self {
        Self { position, turnover: 0, is_complete: true }
    }
}

/// The log of events as it passes.
#[derive(Debug)]
pub(super) struct PositionTracker {
    retention: Retention,
    newest: EventId,
    /// When the newest arrived.
    arrived: Instant,
    turnover: u64,
    /// What is left over of the last share of streams.
    remainder: u64,
    /// What tells the newest position.
    event: Arc<Update>,
}

impl PositionTracker {
    pub(super) fn new(retention: Retention, now: Instant) -> Self {
        let newest = EventId::ZERO;
        let event = Arc::new(Update::position(newest, now));
        Self { retention, newest, arrived: now, turnover: 0, remainder: 0, event }
    }

    /// An event has been sent to all who follow its topics. So many of the streams are to be looked at, by
    /// turns: all come up before the log has moved on by [`RENEWAL`].
    pub(super) fn pass(&mut self, event: &Update, streams: usize) -> usize {
        let pause = event.arrived.saturating_duration_since(self.arrived);
        let part = self.retention.part(event.cost(), pause);
        (self.newest, self.arrived) = (event.id, event.arrived);
        self.turnover = self.turnover.wrapping_add(part);
        let due = u128::from(part) * streams as u128 + u128::from(self.remainder);
        self.remainder = u64::try_from(due % u128::from(RENEWAL)).unwrap_or_default();
        usize::try_from(due / u128::from(RENEWAL)).unwrap_or(usize::MAX).min(streams)
    }

    /// The log goes on after this id, which may be smaller than any before.
    pub(super) fn begin_anew(&mut self, id: EventId) {
        self.newest = id;
    }

    /// Turns how far the log has moved since a client was told where it is into how far it had moved then, and
    /// back.
    pub(super) fn turn(&self, known: &mut KnownPosition) {
        known.turnover = self.turnover.wrapping_sub(known.turnover);
    }

    /// The client is told this id now.
    pub(super) fn note_told(&self, known: &mut KnownPosition, id: EventId) {
        (known.position, known.turnover) = (id, self.turnover);
    }

    /// Up to where a stream has been sent everything whose last event was this one.
    pub(super) fn reached(&self, last: EventId) -> EventId {
        self.newest.max(last)
    }

    /// Whether the client is to be told where it is: the log has moved on by the renewal's part since.
    pub(super) fn has_moved_on(&self, known: &KnownPosition, parts: u64) -> bool {
        self.turnover.wrapping_sub(known.turnover) >= RENEWAL / parts
    }

    /// What tells a client where it is whose stream's last event was this one; `None` if it knows.
    pub(super) fn news(&mut self, last: EventId, known: &KnownPosition) -> Option<Arc<Update>> {
        let reached = self.reached(last);
        if !known.is_complete || known.position >= reached {
            return None;
        }
        if self.event.id != reached {
            self.event = Arc::new(Update::position(reached, self.arrived));
        }
        Some(Arc::clone(&self.event))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const RETENTION: Retention =
        Retention { events: Some(1000), bytes: 1_000_000, age: Duration::from_secs(100) };

    #[test]
    fn an_event_takes_the_place_of_the_largest_of_its_parts() {
        let part = |size, seconds| RETENTION.part(size, Duration::from_secs(seconds));
        assert_eq!(part(0, 0), KEPT / 1000);
        assert_eq!(part(500_000, 0), KEPT / 2);
        assert_eq!(part(500_000, 75), KEPT / 4 * 3);
        assert_eq!(part(usize::MAX, u64::MAX / 2), KEPT);
        let for_ever = Retention { events: None, bytes: usize::MAX, age: Duration::MAX };
        assert_eq!(for_ever.part(1, Duration::from_secs(1)), 1);
    }

    #[test]
    fn a_client_that_is_not_sent_everything_is_told_no_other_position() {
        let now = Instant::now();
        let mut course = PositionTracker::new(RETENTION, now);
        let id = EventId { milliseconds: 7, sequence: 0 };
        course.pass(&Update::position(id, now), 1);
        let known = KnownPosition::new(EventId::ZERO);
        assert_eq!(course.news(EventId::ZERO, &known).unwrap().id, id);
        assert_eq!(course.news(id.next(9), &known).unwrap().id, id.next(9));
        assert!(course.news(id, &KnownPosition::new(id)).is_none());
        assert!(course.news(id, &KnownPosition { is_complete: false, ..known }).is_none());
    }

    proptest! {
        #[test]
        fn nobody_knows_a_position_that_half_of_what_is_kept_has_come_after(
            streams in 1..50_usize,
            sizes in vec(0..100_000_usize, 1..400),
        ) {
            let now = Instant::now();
            let mut course = PositionTracker::new(RETENTION, now);
            let mut known = vec![KnownPosition::new(EventId::ZERO); streams];
            let (mut next, mut told) = (0, 0_u64);
            for (number, size) in sizes.iter().enumerate() {
                let id = EventId { milliseconds: 1, sequence: number as u64 + 1 };
                let event = Update::sized(id, *size, now);
                for _ in 0..course.pass(&event, streams) {
                    let it = &mut known[next % streams];
                    next += 1;
                    if course.has_moved_on(it, 1) && let Some(event) = course.news(EventId::ZERO, it) {
                        course.note_told(it, event.id);
                        told += 1;
                    }
                }
                let largest = RETENTION.part(200_000, Duration::ZERO);
                for it in &known {
                    prop_assert!(course.turnover - it.turnover <= KEPT / 2 + largest);
                }
            }
            prop_assert!(told <= (course.turnover / RENEWAL + 1) * streams as u64);
        }
    }
}
