//! A test waits for a condition, up to a deadline, and never for a fixed time.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, thread};

const POLL: Duration = Duration::from_millis(2);

/// The deadline of an ordinary step. Generous: it is reached by failing tests only.
#[must_use]
pub fn soon() -> Instant {
    within(Duration::from_secs(20))
}

/// A deadline `duration` from now, [`stretched`].
#[must_use]
pub fn within(duration: Duration) -> Instant {
    Instant::now() + stretched(duration)
}

/// A duration, longer by the factor in `SSE_TEST_PATIENCE` where everything is slow: under valgrind, or
/// with a debug build of PHP on a busy machine.
#[must_use]
pub fn stretched(duration: Duration) -> Duration {
    duration.mul_f64(stretch())
}

/// Asks `poll` again and again until it finds something, and returns that.
///
/// # Panics
/// When the deadline passes first; `what` completes the sentence "gave up waiting for ...".
#[track_caller]
pub fn wait_for<T>(what: &str, deadline: Instant, mut poll: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(Instant::now() < deadline, "gave up waiting for {what}");
        thread::sleep(POLL);
    }
}

/// Waits until `actual` gives `expected`.
///
/// # Panics
/// When the deadline passes first, with both values.
#[track_caller]
pub fn wait_for_eq<T: PartialEq + Debug>(
    expected: &T,
    deadline: Instant,
    mut actual: impl FnMut() -> T,
) {
    loop {
        let found = actual();
        if found == *expected {
            return;
        }
        assert!(Instant::now() < deadline, "gave up waiting for {expected:?}, it is {found:?}");
        thread::sleep(POLL);
    }
}

fn stretch() -> f64 {
    static STRETCH: OnceLock<f64> = OnceLock::new();
    *STRETCH.get_or_init(|| match env::var("SSE_TEST_PATIENCE") {
        Ok(factor) => factor.parse().expect("SSE_TEST_PATIENCE is a number"),
        Err(_) => 1.0,
    })
}
