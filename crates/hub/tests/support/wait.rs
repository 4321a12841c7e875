//! Waiting for a condition, instead of sleeping.

use std::os::fd::BorrowedFd;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};

/// A deadline that only something broken meets.
pub(crate) fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// Waits until there is something to read, or the end.
#[track_caller]
pub(crate) fn wait_until_readable(socket: BorrowedFd<'_>) {
    let patience = soon().saturating_duration_since(Instant::now()).try_into().unwrap();
    let ready = poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(&patience));
    assert_eq!(ready, Ok(1), "nothing comes");
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    wait_for_some(what, || is_so().then_some(()));
}

/// Waits until there is something.
#[track_caller]
pub(crate) fn wait_for_some<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = soon();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}
