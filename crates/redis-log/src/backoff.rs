//! The waits between attempts to connect: doubled from 50 ms up to 2 s, with jitter.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST_WAIT: Duration = Duration::from_millis(50);
const MAX_WAIT: Duration = Duration::from_secs(2);

/// A connection that has lasted this long counts as a success: the next wait is the first one again.
pub(crate) const STEADY: Duration = Duration::from_secs(1);

/// Doubles the wait from attempt to attempt. Half of each wait is random, so that hubs that lost Redis
/// together do not all come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self { next: FIRST_WAIT }
    }

    pub(crate) fn reset(&mut self) {
        self.next = FIRST_WAIT;
    }

    pub(crate) fn next_wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(MAX_WAIT);
        // A new hasher has random keys: random enough for this.
        let jitter = RandomState::new().hash_one(0) % 1024;
        wait.mul_f64(0.5 + 0.5 * f64::from(u32::try_from(jitter).unwrap_or(0)) / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_half_of_each_is_chance() {
        let mut backoff = Backoff::new();
        for expected in [50, 100, 200, 400, 800, 1600, 2000, 2000] {
            let wait = backoff.next_wait();
            let expected = Duration::from_millis(expected);
            assert!(wait >= expected / 2 && wait <= expected, "{wait:?} of {expected:?}");
        }
        backoff.reset();
        assert!(backoff.next_wait() <= FIRST_WAIT);
        let waits: Vec<Duration> = (0..50).map(|_| Backoff::new().next_wait()).collect();
        assert!(waits.iter().any(|wait| wait != &waits[0]), "no two hubs come back together");
    }
}
