//! Timers in a heap, in ticks of 10 ms.
//!
//! The invariant: an entry comes up when its time has come, and never before. A stale entry comes up, too: its owner
//! checks it, and sets it again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::time::{Duration, Instant};

/// The precision of timers. All that are due within a tick come up together: 10,000 streams with a heartbeat every 15
/// seconds wake their shard 100 times a second, not 667 times.
const TICK: Duration = Duration::from_millis(TICK_MILLISECONDS);
const TICK_MILLISECONDS: u64 = 10;

/// Entries with the ticks at which they come up. Setting one of 10,000 and removing it costs about 0.1 us; a timer
/// wheel would save nine tenths of that, and the heartbeat that is sent then costs some 5 us.
#[derive(Debug)]
pub(crate) struct Timers<T> {
    start: Instant,
    /// The number of ticks that are over.
    over: u64,
    entries: BinaryHeap<Reverse<(u64, T)>>,
}

impl<T: Ord> Timers<T> {
    pub(crate) fn new(now: Instant) -> Self {
        Self { start: now, over: 0, entries: BinaryHeap::new() }
    }

    /// Makes an entry come up at `due`, or at the next tick if that is over.
    pub(crate) fn set(&mut self, due: Instant, entry: T) {
        let ticks = due.saturating_duration_since(self.start).as_nanos().div_ceil(TICK.as_nanos());
        let tick = u64::try_from(ticks).unwrap_or(u64::MAX).max(self.over + 1);
        self.entries.push(Reverse((tick, entry)));
    }

    /// Removes the entries that have come up, and adds them to `due`.
    pub(crate) fn expire(&mut self, now: Instant, due: &mut Vec<T>) {
        let ticks = now.saturating_duration_since(self.start).as_nanos() / TICK.as_nanos();
        self.over = self.over.max(u64::try_from(ticks).unwrap_or(u64::MAX));
        while let Some(next) = self.entries.peek_mut().filter(|next| next.0.0 <= self.over) {
            due.push(PeekMut::pop(next).0.1);
        }
    }

    /// Returns the time until the next entry can come up; `None` if nothing is set.
    pub(crate) fn idle(&self, now: Instant) -> Option<Duration> {
        let Reverse((tick, _)) = self.entries.peek()?;
        let due = Duration::from_millis(tick.saturating_mul(TICK_MILLISECONDS));
        Some(self.start.checked_add(due)?.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expired<T: Ord>(timers: &mut Timers<T>, now: Instant) -> Vec<T> {
        let mut due = Vec::new();
        timers.expire(now, &mut due);
        due
    }

    #[test]
    fn an_entry_comes_up_when_it_is_due_and_not_before() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        timers.set(at(1010), "x");
        assert_eq!(expired(&mut timers, at(1000)), [""; 0]);
        assert_eq!(expired(&mut timers, at(1010)), ["x"]);
        assert_eq!(expired(&mut timers, at(1020)), [""; 0]);
    }

    #[test]
    fn what_is_overdue_comes_up_at_the_next_tick() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        expired(&mut timers, start + Duration::from_secs(5));
        timers.set(start, "late");
        assert_eq!(expired(&mut timers, start + Duration::from_secs(5)), [""; 0]);
        assert_eq!(expired(&mut timers, start + Duration::from_secs(5) + TICK), ["late"]);
    }

    #[test]
    fn entries_come_up_in_the_order_of_their_ticks_however_far_away_they_are() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        let day = Duration::from_secs(86_400);
        timers.set(start + day, "far");
        timers.set(start + TICK, "near");
        timers.set(start + day / 2, "between");
        assert_eq!(expired(&mut timers, start + day / 2 + TICK), ["near", "between"]);
        assert_eq!(expired(&mut timers, start + day), ["far"]);
    }

    #[test]
    fn nothing_is_lost_while_the_machine_sleeps() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        for tick in 1..1000 {
            timers.set(start + TICK * tick, tick);
        }
        assert_eq!(expired(&mut timers, start + Duration::from_secs(86_400)).len(), 999);
        assert_eq!(timers.idle(start), None);
    }

    #[test]
    fn it_is_known_how_long_nothing_comes_up() {
        let start = Instant::now();
        let mut timers = Timers::new(start);
        assert_eq!(timers.idle(start), None);
        timers.set(start + Duration::from_millis(500), ());
        assert_eq!(timers.idle(start), Some(Duration::from_millis(500)));
        assert_eq!(timers.idle(start + Duration::from_secs(1)), Some(Duration::ZERO));
    }
}
