//! Browsers compute where most tests wait: of the tests that run at once, as many use one as there are processors.

use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// Turns that are taken.
static TAKEN: Mutex<usize> = Mutex::new(0);
static GIVEN_BACK: Condvar = Condvar::new();

/// The right to use a browser, until it is dropped. A test takes one at most: two tests that wanted two could wait for
/// one another.
#[derive(Debug)]
pub(super) struct Turn(());

impl Turn {
    pub(super) fn wait() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = GIVEN_BACK.wait_while(taken, |taken| *taken >= processors);
        *taken.unwrap_or_else(PoisonError::into_inner) += 1;
        Self(())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        GIVEN_BACK.notify_one();
    }
}
