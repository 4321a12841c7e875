//! The longest time that a stream may live, with jitter so that clients do not reconnect together.

use std::time::{Duration, Instant};

/// The longest time that a stream may live, before jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(Duration);

impl Lifetime {
    /// The jitter, as a share of the lifetime: streams that began together must not reconnect together.
    const JITTER: f64 = 0.1;

    /// A lifetime of so long, give or take a tenth.
    #[must_use]
    pub const fn new(length: Duration) -> Self {
        Self(length)
    }

    /// Returns the time when a stream that began at `start` has to stop. `jitter` is a random number from 0 to 1.
    /// `None` is never: the time is too far away to be represented.
    #[must_use]
    pub fn end(self, start: Instant, jitter: f64) -> Option<Instant> {
        let share = 1.0 + Self::JITTER * (2.0 * jitter.clamp(0.0, 1.0) - 1.0);
        let length = Duration::try_from_secs_f64(self.0.as_secs_f64() * share).ok()?;
        start.checked_add(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_varies_by_a_tenth_either_way() {
        let start = Instant::now();
        let lifetime = Lifetime::new(Duration::from_secs(100));
        for (jitter, seconds) in [(0.0, 90), (0.5, 100), (1.0, 110), (7.0, 110), (-1.0, 90)] {
            assert_eq!(lifetime.end(start, jitter), Some(start + Duration::from_secs(seconds)));
        }
    }

    #[test]
    fn a_lifetime_beyond_the_clock_never_ends() {
        assert_eq!(Lifetime::new(Duration::MAX).end(Instant::now(), 0.5), None);
    }
}
