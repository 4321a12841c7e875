//! Blocks signals for a thread while it does something.

use std::mem::MaybeUninit;

/// Runs `action` with all signals blocked, so that a thread it starts never handles one.
pub(crate) fn with_all_blocked<R>(action: impl FnOnce() -> R) -> R {
    with_all_blocked_but(|_| action())
}

/// The same; `action` gets the signals that were blocked before, for a system call that lets the others in.
pub(crate) fn with_all_blocked_but<R>(action: impl FnOnce(*const libc::sigset_t) -> R) -> R {
    let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: fills in a set of ours.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: reads a set that was just filled in, and fills in another of ours; it changes this thread only.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) };
    let result = action(before.as_ptr());
    // SAFETY: puts back the set that was there. An `action` that bails out would leave all signals blocked: those
    // given here start a thread, or wait in a poll.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut()) };
    result
}
