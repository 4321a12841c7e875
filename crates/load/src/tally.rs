//! The counts and latencies of a crowd.

use std::ops::{AddAssign, Sub};

use hdrhistogram::Histogram;

/// Counts, of one client or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections that were begun.
    pub connects: u64,
    /// Bytes of responses, heads included.
    pub bytes: u64,
    /// Bytes of bodies that came in a content coding, before they were decoded.
    pub encoded: u64,
    /// Streams that are open: bytes of their body have arrived.
    pub open: u64,
    /// Events that came in order.
    pub in_order: u64,
    /// Events that were skipped when a later one came, and have not come late. A client that got a `reset` need not
    /// get those from before.
    pub lost: u64,
    /// Events that came again.
    pub repeated: u64,
    /// Events that came after a later one.
    pub late: u64,
    /// Events without an id, or whose id was not greater than the one before.
    pub bad_ids: u64,
    /// Events of other publishers, except `reset` and positions.
    pub foreign: u64,
    /// `reset` events.
    pub resets: u64,
    /// Events that only carry a position.
    pub positions: u64,
    /// Streams that the server ended.
    pub ended: u64,
    /// Streams that were aborted here, on purpose.
    pub aborted: u64,
    /// Responses that were no event stream.
    pub refused: u64,
    /// Connections that failed before there was a response.
    pub failed: u64,
}

/// Counts, and the time from publishing to arrival of every event.
#[derive(Clone, Debug)]
pub struct Report {
    /// The counts.
    pub counts: Counts,
    /// Microseconds from publishing an event to its arrival.
    pub latency: Histogram<u32>,
}

impl Counts {
    /// The number of faults: a correct server makes none, however often its clients come and go.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.lost + self.repeated + self.late + self.bad_ids + self.foreign
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = self.combine(other, |ours, theirs| ours + theirs);
    }
}

/// The difference of counts; 0 where a count has become smaller.
impl Sub for Counts {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        self.combine(before, u64::saturating_sub)
    }
}

impl Counts {
    fn combine(self, other: Self, with: impl Fn(u64, u64) -> u64) -> Self {
        Self {
            connects: with(self.connects, other.connects),
            bytes: with(self.bytes, other.bytes),
            encoded: with(self.encoded, other.encoded),
            open: with(self.open, other.open),
            in_order: with(self.in_order, other.in_order),
            lost: with(self.lost, other.lost),
            repeated: with(self.repeated, other.repeated),
            late: with(self.late, other.late),
            bad_ids: with(self.bad_ids, other.bad_ids),
            foreign: with(self.foreign, other.foreign),
            resets: with(self.resets, other.resets),
            positions: with(self.positions, other.positions),
            ended: with(self.ended, other.ended),
            aborted: with(self.aborted, other.aborted),
            refused: with(self.refused, other.refused),
            failed: with(self.failed, other.failed),
        }
    }
}
