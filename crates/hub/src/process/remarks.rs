//! Limits how often the hub logs the same thing: five times a minute.

use std::time::{Duration, Instant};

/// The most remarks in one [`WHILE`].
const MANY: u32 = 5;

const WHILE: Duration = Duration::from_secs(60);

/// Remarks on one thing.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// The time of the first remark, and the number since.
    made: Option<(Instant, u32)>,
}

impl Remarks {
    /// Returns the end of the next line if it may be logged; the last one says that it is the last.
    pub(crate) fn next(&mut self, now: Instant) -> Option<&'static str> {
        let (first, before) = match self.made {
            Some((first, made)) if now.saturating_duration_since(first) < WHILE => (first, made),
            _ => (now, 0),
        };
        let number = before.saturating_add(1);
        self.made = Some((first, number));
        match number {
            ..MANY => Some(""),
            MANY => Some(" (repeated, not logged again for a minute)"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_remarked_on_five_times_a_minute_and_the_last_says_so() {
        let mut remarks = Remarks::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let made: Vec<_> = (0..40).filter_map(|second| remarks.next(at(second))).collect();
        assert_eq!(made[..4], [""; 4]);
        assert_eq!(made.len(), 5);
        assert!(made[4].contains("not logged again"));
        assert_eq!(remarks.next(at(61)), Some(""));
    }
}
