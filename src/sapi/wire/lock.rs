//! The wire lock. Of its two threads only the script's ever waits for it: the keeper tries it, and holds it
//! for one write that does not block. So nobody has to be woken, and letting go is a plain store, where a
//! general mutex needs another atomic exchange: right after a system call, that is felt at every event.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use parking_lot::lock_api::{self, GuardNoSend, RawMutex};

/// The lock, around what is written to.
pub(super) type WireLock<T> = lock_api::Mutex<RawWireLock, T>;

/// Whether it is held.
pub(super) struct RawWireLock(AtomicBool);

// SAFETY: `try_lock` is true for one thread until `unlock`; what was written under the lock is seen by the
// next that takes it.
unsafe impl RawMutex for RawWireLock {
    const INIT: Self = Self(AtomicBool::new(false));

    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        while !self.try_lock() {
            thread::yield_now();
        }
    }

    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_threads_never_hold_it_together() {
        const ROUNDS: u32 = 200_000;
        let lock = WireLock::new((0u32, 0u32));
        let add = || {
            for _ in 0..ROUNDS {
                let mut pair = lock.lock();
                pair.0 += 1;
                pair.1 = pair.0;
            }
        };
        thread::scope(|scope| {
            scope.spawn(add);
            scope.spawn(|| {
                while lock.lock().0 < ROUNDS {
                    if let Some(pair) = lock.try_lock() {
                        assert_eq!(pair.0, pair.1);
                    }
                }
            });
            add();
        });
        assert_eq!(*lock.lock(), (2 * ROUNDS, 2 * ROUNDS));
    }
}
