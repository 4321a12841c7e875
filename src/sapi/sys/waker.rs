//! Wakes a thread out of a poll, by an eventfd that it polls beside its other descriptors.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};

use rustix::event::{EventfdFlags, eventfd};

use super::unshared::Unshared;

/// The number of the waker that signal handlers write to; -1 without one.
static OF_SIGNALS: AtomicI32 = AtomicI32::new(-1);

/// Wakes who polls it. A fork does not share it.
#[derive(Debug)]
pub(crate) struct Waker {
    _unshared: Unshared,
    fd: OwnedFd,
}

impl Waker {
    /// Makes one; `None` when there are no descriptors left.
    pub(crate) fn new() -> Option<Self> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok()?;
        Some(Self { _unshared: Unshared::new(fd.as_raw_fd()), fd })
    }

    /// Makes it readable, until it is drained. False if that fails.
    pub(crate) fn wake(&self) -> bool {
        rustix::io::write(&self.fd, &1u64.to_ne_bytes()).is_ok()
    }

    /// Makes it unreadable again.
    pub(crate) fn drain(&self) {
        // Fails when nobody has woken it.
        let _ = rustix::io::read(&self.fd, &mut [0; 8]);
    }

    /// Has signal handlers wake this one.
    pub(crate) fn attach_to_signals(&self) {
        OF_SIGNALS.store(self.fd.as_raw_fd(), Ordering::Release);
    }

    /// Has signal handlers wake none.
    pub(crate) fn detach_from_signals() {
        OF_SIGNALS.store(-1, Ordering::Release);
    }
}

impl AsFd for Waker {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Wakes the one that is attached to signals. Called by signal handlers: nothing but a system call.
pub(crate) fn wake_by_signal() {
    let waker = OF_SIGNALS.load(Ordering::Acquire);
    if waker >= 0 {
        let one = 1u64.to_ne_bytes();
        // SAFETY: eight bytes of ours, by a system call that a handler may make. The descriptor is the waker's for as
        // long as its number stands there: it is taken away before the waker is closed, at module shutdown, on the
        // thread whose handlers these are; a fork has `/dev/null` in its place.
        unsafe { libc::write(waker, one.as_ptr().cast(), one.len()) };
    }
}
