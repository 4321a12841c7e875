//! Waits for descriptors, with a time limit, or until a signal comes.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, Timespec};
use rustix::io::{Errno, Result};

use super::signal_mask::with_all_blocked_but;

/// Longer waits end after this one, as if something had happened: callers look and wait on.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Waits until one of the descriptors is ready, or the time is up; `None` is for ever. A signal ends
/// the wait with [`Errno::INTR`].
pub(crate) fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> Result<usize> {
    let timeout = timeout.map(|timeout| Timespec::try_from(timeout.min(LONGEST)));
    let timeout = timeout.transpose().map_err(|_| Errno::INVAL)?;
    rustix::event::poll(fds, timeout.as_ref())
}

/// As [`poll`], but does not wait at all, as if by a signal, if `is_due` says so. No signal comes between that
/// question and the wait, which would then not end for it.
pub(crate) fn poll_unless(
    is_due: impl Fn() -> bool,
    fds: &mut [PollFd<'_>],
    timeout: Duration,
) -> Result<usize> {
    let timeout = timeout.min(LONGEST);
    let timeout = libc::timespec {
        tv_sec: timeout.as_secs().try_into().map_err(|_| Errno::INVAL)?,
        tv_nsec: timeout.subsec_nanos().into(),
    };
    let count = fds.len().try_into().map_err(|_| Errno::INVAL)?;
    with_all_blocked_but(|others| {
        if is_due() {
            return Err(Errno::INTR);
        }
        // SAFETY: a `PollFd` is a `pollfd`, and there are `count` of them, which stay for the call; the time is ours,
        // and the mask is one that the caller filled in. A signal handler may run inside; none of PHP's bails out.
        let ready =
            unsafe { libc::ppoll(fds.as_mut_ptr().cast(), count, &raw const timeout, others) };
        usize::try_from(ready)
            .map_err(|_| Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    })
}
