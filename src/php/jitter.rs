//! A random number, so that clients do not all reconnect at once.

use std::hash::{BuildHasher, RandomState};

/// Returns a random number from 0 to 1.
pub(super) fn jitter() -> f64 {
    // Half of the bits are enough, and convert without loss.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is as random as the whole")]
    let half = RandomState::new().hash_one(0) as u32;
    f64::from(half) / f64::from(u32::MAX)
}
