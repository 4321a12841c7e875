//! The clock that the script's thread and the keeper share: the system's monotonic one.

use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;
use rustix::time::{ClockId, Timespec, clock_gettime};

/// The time since some moment before this process began.
pub(super) fn now() -> Duration {
    duration(clock_gettime(ClockId::Monotonic))
}

/// The same, as of the last tick of the kernel, a few milliseconds ago at most: a fifth of the price,
/// which is felt at every event.
pub(super) fn lately() -> Duration {
    duration(clock_gettime(ClockId::MonotonicCoarse))
}

/// [`lately`] as an [`Instant`]: never later than [`Instant::now`], and a few milliseconds earlier at most.
pub(crate) fn recently() -> Instant {
    static SOME_MOMENT: OnceCell<(Instant, Duration)> = OnceCell::new();
    let (instant, time) = SOME_MOMENT.get_or_init(|| (Instant::now(), now()));
    *instant + lately().saturating_sub(*time)
}

fn duration(time: Timespec) -> Duration {
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_recently_is_no_later_than_now() {
        for _ in 0..1000 {
            let recently = recently();
            let late = Instant::now().checked_duration_since(recently);
            assert!(late.is_some_and(|late| late < Duration::from_secs(1)), "{late:?}");
        }
    }
}
