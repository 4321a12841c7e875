//! Waiting for descriptors.

use std::time::Duration;

use rustix::event::{PollFd, Timespec};
use rustix::io::{Errno, Result};

/// Waits until one of the descriptors is ready, or the time is up; `None` is for ever. A signal ends
/// the wait with [`Errno::INTR`].
pub(super) fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> Result<usize> {
    /// Longer waits end after this one, as if something had happened: callers look and wait on.
    const LONGEST: Duration = Duration::from_secs(24 * 3600);
    let timeout = timeout.map(|timeout| Timespec::try_from(timeout.min(LONGEST)));
    let timeout = timeout.transpose().map_err(|_| Errno::INVAL)?;
    rustix::event::poll(fds, timeout.as_ref())
}
