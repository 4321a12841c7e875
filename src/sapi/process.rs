//! Forks of this process. A child shares the descriptors of its parent's streams, and has no keeper;
//! it must leave both alone.

use std::sync::atomic::{AtomicU32, Ordering};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between the process that loaded the extension and this one.
pub(super) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Begins to count. Called once, at module start-up.
pub(crate) fn count_forks() {
    // SAFETY: the function only adds to an atomic, which is allowed in a child of any process.
    unsafe { libc::pthread_atfork(None, None, Some(forked)) };
}

/// Called in a child, after a fork.
extern "C" fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
