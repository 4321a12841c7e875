//! A circuit breaker: after a failure the hub is left alone for 1 s, then longer, up to 30 s.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// The time for which the hub is left alone after the first failure; it doubles with each, up to the longest.
const REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(30);

/// The breaker that says if the hub may be asked. There is one for the process: a failure that one request has seen
/// spares the next one the wait.
#[derive(Debug)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug)]
struct State {
    failures: u32,
    /// The last failure, in words.
    why: String,
    rests_until: Option<Instant>,
}

impl State {
    const NEW: Self = Self { failures: 0, why: String::new(), rests_until: None };
}

impl Breaker {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(State::NEW))
    }

    /// True if the hub may be asked now.
    pub(super) fn is_closed(&self, now: Instant) -> bool {
        self.0.lock().rests_until.is_none_or(|until| now >= until)
    }

    /// Returns the last failure, in words.
    pub(super) fn why(&self) -> String {
        self.0.lock().why.clone()
    }

    /// Notes a failure, or with `None` a success.
    pub(super) fn note(&self, failure: Option<String>, now: Instant) {
        let mut state = self.0.lock();
        let Some(why) = failure else {
            *state = State::NEW;
            return;
        };
        let rest = REST * 2_u32.saturating_pow(state.failures.min(5));
        state.failures += 1;
        state.why = why;
        state.rests_until = now.checked_add(rest.min(LONGEST_REST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_fails_is_left_alone_longer_each_time() {
        let breaker = Breaker::new();
        let start = Instant::now();
        assert!(breaker.is_closed(start));
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            breaker.note(Some("no".to_owned()), start);
            assert!(!breaker.is_closed(start + Duration::from_secs(seconds - 1)));
            assert!(breaker.is_closed(start + Duration::from_secs(seconds)));
        }
        assert_eq!(breaker.why(), "no");
        breaker.note(None, start);
        assert!(breaker.is_closed(start));
        breaker.note(Some("no".to_owned()), start);
        assert!(breaker.is_closed(start + Duration::from_secs(1)), "it begins anew");
    }
}
