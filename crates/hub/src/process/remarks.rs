//! How often the hub remarks on the same thing: what others do again and again is not for every line of a log.

use std::time::{Duration, Instant};

/// How many remarks there are in one [`WHILE`].
const MANY: u32 = 5;

const WHILE: Duration = Duration::from_secs(60);

/// Remarks on one thing.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// When the first was made, and how many since.
    made: Option<(Instant, u32)>,
}

impl Remarks {
    /// What to end the next one with, if it may be made: with the last it is said that it is the last.
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
