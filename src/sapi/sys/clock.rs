//! The clock that the script's thread and the keeper share: the system's monotonic one.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The time since some moment before this process began.
pub(crate) fn now() -> Duration {
    duration(clock_gettime(ClockId::Monotonic))
}

/// The same, as of the last tick of the kernel, a few milliseconds ago at most: a fifth of the price,
/// which is felt at every event.
pub(crate) fn lately() -> Duration {
    duration(clock_gettime(ClockId::MonotonicCoarse))
}

fn duration(time: Timespec) -> Duration {
    Duration::try_from(time).unwrap_or_default()
}
