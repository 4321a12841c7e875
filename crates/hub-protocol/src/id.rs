//! The id of a published event: `milliseconds-sequence`, in one total order over all topics.
//!
//! It has the format of a Redis stream's entry ids, whether Redis or a hub alone has given it.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The id of a published event. Ordered by time, then by sequence.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct EventId {
    /// Milliseconds since the Unix epoch.
    pub milliseconds: u64,
    /// Counts the events of one millisecond.
    pub sequence: u64,
}

/// A text that is not such an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidEventId;

impl fmt::Display for InvalidEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be of the form milliseconds-sequence")
    }
}

impl Error for InvalidEventId {}

impl EventId {
    /// Before every event.
    pub const ZERO: Self = Self { milliseconds: 0, sequence: 0 };

    /// The id that a client gets while the end of the log is unknown: no event ever has it, and a client that
    /// reconnects with it gets `reset`.
    pub const UNKNOWN: Self = Self { milliseconds: 0, sequence: 1 };

    /// Returns the greatest id that is smaller; [`EventId::ZERO`] has none, and returns itself.
    #[must_use]
    pub fn previous(self) -> Self {
        match (self.milliseconds, self.sequence) {
            (0, 0) => self,
            (milliseconds, 0) => Self { milliseconds: milliseconds - 1, sequence: u64::MAX },
            (_, sequence) => Self { sequence: sequence - 1, ..self },
        }
    }

    /// Returns the next id when the clock shows `milliseconds`: greater than this one, even if the clock runs
    /// backwards.
    #[must_use]
    pub fn next(self, milliseconds: u64) -> Self {
        if milliseconds > self.milliseconds {
            return Self { milliseconds, sequence: 0 };
        }
        match self.sequence.checked_add(1) {
            Some(sequence) => Self { sequence, ..self },
            None => Self { milliseconds: self.milliseconds.saturating_add(1), sequence: 0 },
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.milliseconds, self.sequence)
    }
}

impl FromStr for EventId {
    type Err = InvalidEventId;

    /// Parses what [`fmt::Display`] writes, and nothing else: no sign, no leading zero.
    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        let (milliseconds, sequence) = text.split_once('-').ok_or(InvalidEventId)?;
        Ok(Self { milliseconds: number(milliseconds)?, sequence: number(sequence)? })
    }
}

fn number(digits: &str) -> Result<u64, InvalidEventId> {
    let canonical = digits == "0" || !digits.starts_with(['0', '+']);
    digits.parse().ok().filter(|_| canonical).ok_or(InvalidEventId)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(milliseconds: u64, sequence: u64) -> EventId {
        EventId { milliseconds, sequence }
    }

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for id in [EventId::ZERO, id(1_700_000_000_000, 7), id(u64::MAX, u64::MAX)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn nothing_else_is_an_id() {
        for text in ["", "-", "1", "1-", "-1", "+1-1", "01-1", "1-00", "1-1-1", " 1-1", "1-1\n"] {
            assert_eq!(text.parse::<EventId>(), Err(InvalidEventId), "{text:?}");
        }
        assert_eq!("18446744073709551616-0".parse::<EventId>(), Err(InvalidEventId));
    }

    #[test]
    fn nothing_is_between_an_id_and_the_one_before() {
        assert_eq!(id(5, 3).previous(), id(5, 2));
        assert_eq!(id(5, 0).previous(), id(4, u64::MAX));
        assert_eq!(EventId::ZERO.previous(), EventId::ZERO);
    }

    #[test]
    fn the_next_id_is_greater_whatever_the_clock_does() {
        assert_eq!(id(5, 3).next(9), id(9, 0));
        assert_eq!(id(5, 3).next(5), id(5, 4));
        assert_eq!(id(5, 3).next(2), id(5, 4), "the clock was set back");
        assert_eq!(id(5, u64::MAX).next(5), id(6, 0));
    }
}
