//! Since when this process has seen no hub: the longer, the later its clients come back.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The longest wait of a client, at first and after a long outage. The shortest is a fifth of it.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(30);

/// The outage of this process' hub.
pub(super) static OUTAGE: Outage = Outage(Mutex::new(None));

/// The moment since when the hub has failed.
#[derive(Debug)]
pub(super) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// Notes a success or a failure.
    pub(super) fn note(&self, worked: bool, now: Instant) {
        let mut since = self.0.lock();
        *since = if worked { None } else { since.or(Some(now)) };
    }

    /// Returns the time after which a client should come back, spread so that not all come at once. `jitter` is a
    /// random number from 0 to 1.
    pub(super) fn retry(&self, jitter: f64, now: Instant) -> Duration {
        let since = self.0.lock().map(|since| now.saturating_duration_since(since));
        let longest = since.unwrap_or_default().clamp(FIRST, LONGEST);
        longest / 5 + (longest * 4 / 5).mul_f64(jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_come_back_spread_and_later_the_longer_there_is_no_hub() {
        let (outage, start) = (Outage(Mutex::new(None)), Instant::now());
        let spread =
            |after| [0.0, 0.5, 1.0].map(|jitter| outage.retry(jitter, start + after).as_millis());
        assert_eq!(spread(Duration::ZERO), [1000, 3000, 5000]);
        outage.note(false, start);
        outage.note(false, start + Duration::from_secs(9));
        assert_eq!(spread(Duration::from_secs(3)), [1000, 3000, 5000]);
        assert_eq!(spread(Duration::from_secs(10)), [2000, 6000, 10_000]);
        assert_eq!(spread(Duration::from_secs(86_400)), [6000, 18_000, 30_000]);
        outage.note(true, start);
        assert_eq!(spread(Duration::from_secs(86_400)), [1000, 3000, 5000]);
    }
}
