//! The options of a stream, checked once: heartbeat, reconnection time, lifetime.

use std::fmt;
use std::time::Duration;

use event_stream::{Heartbeat, Retry};

use super::lifetime::Lifetime;

/// The options of a stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The longest silence before a comment is sent; `None` is for ever.
    pub heartbeat: Option<Duration>,
    /// That comment; the stream begins with it, too.
    pub heartbeat_line: Heartbeat,
    /// The reconnection time to begin with; `None` leaves it to the client.
    pub retry: Option<Retry>,
    /// The longest time that the stream may live; `None` is for ever.
    pub max_lifetime: Option<Lifetime>,
    /// The reconnection time to send when the server stops; `None` sends none.
    pub shutdown_retry: Option<Retry>,
}

/// A number of seconds that no option can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionError;

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a finite number of seconds greater than or equal to 0")
    }
}

impl std::error::Error for OptionError {}

/// Converts a number of seconds to a duration; more than the clock can hold is as good as for ever.
///
/// # Errors
///
/// [`OptionError`] when the number is negative, infinite or not a number.
pub fn seconds(seconds: f64) -> Result<Duration, OptionError> {
    if !seconds.is_finite() || seconds < 0.0 {
        return Err(OptionError);
    }
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_finite_and_not_negative() {
        for bad in [-1.0, -f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(seconds(bad), Err(OptionError), "{bad}");
        }
        assert_eq!(seconds(0.25), Ok(Duration::from_millis(250)));
        assert_eq!(seconds(-0.0), Ok(Duration::ZERO));
    }

    #[test]
    fn more_seconds_than_the_clock_holds_are_for_ever() {
        assert_eq!(seconds(1e300), Ok(Duration::MAX));
    }
}
