//! A timer wheel: what is due is found without looking at what is not.
//!
//! An entry may come early (when it is further away than the wheel is round) or too late to matter;
//! who set it looks again, and sets it anew.

use std::time::{Duration, Instant};

/// How exact the wheel is.
const TICK: Duration = Duration::from_millis(10);

/// How many ticks it takes to go round.
const SLOTS: usize = 2048;

/// A wheel with entries of some kind.
#[derive(Debug)]
pub(crate) struct Timers<T> {
    start: Instant,
    /// How many ticks have been turned.
    turned: u64,
    slots: Vec<Vec<T>>,
    entries: usize,
}

impl<T> Timers<T> {
    pub(crate) fn new(now: Instant) -> Self {
        Self { start: now, turned: 0, slots: (0..SLOTS).map(|_| Vec::new()).collect(), entries: 0 }
    }

    /// Has `entry` come up at `due`, or a round of the wheel from now if that is earlier.
    pub(crate) fn set(&mut self, due: Instant, entry: T) {
        let ticks = due.saturating_duration_since(self.start).as_nanos().div_ceil(TICK.as_nanos());
        let ticks = u64::try_from(ticks).unwrap_or(u64::MAX);
        let round = SLOTS as u64 - 1;
        let tick = ticks.clamp(self.turned + 1, self.turned + round);
        self.slots[Self::slot(tick)].push(entry);
        self.entries += 1;
    }

    /// Turns the wheel; what comes up is added to `due`.
    pub(crate) fn turn(&mut self, now: Instant, due: &mut Vec<T>) {
        let ticks = now.saturating_duration_since(self.start).as_nanos() / TICK.as_nanos();
        let ticks = u64::try_from(ticks).unwrap_or(u64::MAX);
        // After a long sleep of the machine one round is enough.
        let first = (self.turned + 1).max(ticks.saturating_sub(SLOTS as u64 - 1));
        for tick in first..=ticks {
            let slot = &mut self.slots[Self::slot(tick)];
            self.entries -= slot.len();
            due.append(slot);
        }
        self.turned = self.turned.max(ticks);
    }

    /// How long nothing can come up.
    pub(crate) fn idle(&self, now: Instant) -> Option<Duration> {
        if self.entries == 0 {
            return None;
        }
        let ahead = 1..SLOTS as u64;
        let next =
            ahead.map(|n| self.turned + n).find(|tick| !self.slots[Self::slot(*tick)].is_empty());
        let tick = u32::try_from(next?).ok()?;
        Some((self.start + TICK * tick).saturating_duration_since(now))
    }

    fn slot(tick: u64) -> usize {
        usize::try_from(tick % SLOTS as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned<T>(wheel: &mut Timers<T>, now: Instant) -> Vec<T> {
        let mut due = Vec::new();
        wheel.turn(now, &mut due);
        due
    }

    #[test]
    fn an_entry_comes_up_when_it_is_due_and_not_before() {
        let start = Instant::now();
        let mut wheel = Timers::new(start);
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        wheel.set(at(1010), "x");
        assert_eq!(turned(&mut wheel, at(1000)), [""; 0]);
        assert_eq!(turned(&mut wheel, at(1010)), ["x"]);
        assert_eq!(turned(&mut wheel, at(1020)), [""; 0]);
    }

    #[test]
    fn what_is_overdue_comes_up_at_the_next_tick() {
        let start = Instant::now();
        let mut wheel = Timers::new(start);
        turned(&mut wheel, start + Duration::from_secs(5));
        wheel.set(start, "late");
        assert_eq!(turned(&mut wheel, start + Duration::from_secs(5) + TICK), ["late"]);
    }

    #[test]
    fn what_is_further_than_a_round_comes_up_early() {
        let start = Instant::now();
        let mut wheel = Timers::new(start);
        wheel.set(start + Duration::from_secs(3600), "far");
        assert_eq!(turned(&mut wheel, start + TICK * 2048), ["far"]);
    }

    #[test]
    fn nothing_is_lost_while_the_machine_sleeps() {
        let start = Instant::now();
        let mut wheel = Timers::new(start);
        for tick in 1..1000 {
            wheel.set(start + TICK * tick, tick);
        }
        assert_eq!(turned(&mut wheel, start + Duration::from_secs(86_400)).len(), 999);
        assert_eq!(wheel.idle(start), None);
    }

    #[test]
    fn it_is_known_how_long_nothing_comes_up() {
        let start = Instant::now();
        let mut wheel = Timers::new(start);
        assert_eq!(wheel.idle(start), None);
        wheel.set(start + Duration::from_millis(500), ());
        assert_eq!(wheel.idle(start), Some(Duration::from_millis(500)));
        assert_eq!(wheel.idle(start + Duration::from_secs(1)), Some(Duration::ZERO));
    }
}
