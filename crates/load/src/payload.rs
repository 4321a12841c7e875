//! The data of a published event: its number and the time of its publishing.
//!
//! `<sequence> <nanoseconds> xxx...`, with the time of `CLOCK_MONOTONIC`, which all processes of a machine
//! share (PHP's `hrtime(true)` is the same clock).

use rustix::time::{ClockId, clock_gettime};

/// The sequence number and the time in the data of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Its number, from 0.
    pub sequence: u64,
    /// The time when it was published, from [`now`].
    pub published: u64,
}

impl Payload {
    /// Makes the data of an event, `size` bytes long unless number and time take more.
    #[must_use]
    pub fn to_data(self, size: usize) -> String {
        let mut data = format!("{} {} ", self.sequence, self.published);
        data.extend(std::iter::repeat_n('x', size.saturating_sub(data.len())));
        data
    }

    /// Parses the data; `None` if it is of another publisher.
    #[must_use]
    pub fn read(data: &str) -> Option<Self> {
        let mut words = data.split(' ');
        let mut number = || words.next()?.parse().ok();
        Some(Self { sequence: number()?, published: number()? })
    }
}

/// Nanoseconds of `CLOCK_MONOTONIC`.
#[must_use]
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    // Both are small and positive: the clock begins at the start of the machine.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let payload = Payload { sequence: 7, published: 12_345 };
        let data = payload.to_data(1024);
        assert_eq!(data.len(), 1024);
        assert_eq!(Payload::read(&data), Some(payload));
        assert_eq!(Payload::read(&payload.to_data(0)), Some(payload));
    }

    #[test]
    fn what_others_write_is_not_taken_for_a_number() {
        for data in ["", "7", "x 1 ", "{\"lastEventId\":\"1-1\"}"] {
            assert_eq!(Payload::read(data), None, "{data:?}");
        }
    }
}
