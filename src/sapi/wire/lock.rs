//! Locks a wire against its two threads: the script's, which may wait, and the keeper, which never does.
//!
//! The keeper only tries the lock, and holds it for one write that does not block. So nobody has to be woken, and
//! the lock is let go of by a plain store, where a general mutex needs another atomic exchange. `benches/wire_lock.rs`
//! has both in one run: 9 ns instead of the 20 of `parking_lot::Mutex` alone, and 643 instead of 670 around the system
//! call that sends an event, with its reading at the other end: 4 %. The thread that waits asks again at once at first,
//! as the keeper's write takes microseconds; should that block against all reason, it sleeps in between.

#![allow(
    unsafe_code,
    reason = "a lock of its own is an unsafe trait; the benchmark has this file alone"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use parking_lot::lock_api::{self, GuardNoSend, RawMutex};

/// The lock, around the state that it guards.
pub(super) type WireLock<T> = lock_api::Mutex<RawWireLock, T>;

/// True while it is held.
pub(super) struct RawWireLock(AtomicBool);

// SAFETY: `try_lock` is true for one thread until `unlock`, as the exchange gives `false` back to that one only; its
// `Acquire` sees all that was written before the `Release` of `unlock`. A bailout while the lock is held would leave
// it held for ever: nothing that can bail out runs under it (see `Wire::through_server`).
unsafe impl RawMutex for RawWireLock {
    const INIT: Self = Self(AtomicBool::new(false));

    type GuardMarker = GuardNoSend;

    fn lock(&self) {
        patiently(|| self.try_lock().then_some(()));
    }

    fn try_lock(&self) -> bool {
        !self.0.swap(true, Ordering::Acquire)
    }

    unsafe fn unlock(&self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Asks again and again, ever more rarely, until there is an answer.
pub(super) fn patiently<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    const YIELDS: u32 = 100;
    const SHORTEST: Duration = Duration::from_micros(50);
    const LONGEST: Duration = Duration::from_millis(1);
    let mut yields = 0;
    let mut pause = SHORTEST;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        if yields < YIELDS {
            yields += 1;
            thread::yield_now();
        } else {
            thread::sleep(pause);
            pause = LONGEST.min(pause * 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use rustix::time::{ClockId, clock_gettime};

    use super::*;

    #[test]
    fn who_waits_long_takes_no_time_of_the_processor() {
        const LONG: Duration = Duration::from_millis(300);
        let lock = WireLock::new(());
        let held = lock.lock();
        let used = thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                drop(lock.lock());
                Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap()
            });
            thread::sleep(LONG);
            drop(held);
            waiting.join().unwrap()
        });
        assert!(used < LONG / 4, "{used:?}");
    }

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
