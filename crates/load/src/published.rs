//! Numbers the published events, so that clients know which they have to receive.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// The numbers that events were given. All publishers of one sequence, which publish one after the other, share it
/// with the clients that follow it.
#[derive(Debug, Default)]
pub struct Published {
    begun: AtomicU64,
    doubtful: Mutex<BTreeSet<u64>>,
}

impl Published {
    /// The number of events whose publishing has at least begun. A client that has the beginning of a stream must get
    /// all later ones.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Returns the number of the next event, and counts it at once.
    pub fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst)
    }

    /// Notes that it is unknown if this event was published, as the response was an error.
    pub fn doubt(&self, sequence: u64) {
        self.doubtful.lock().insert(sequence);
    }

    /// The number of events in `sequences` that were certainly published.
    pub(crate) fn certain(&self, sequences: Range<u64>) -> u64 {
        let doubtful = self.doubtful.lock().range(sequences.clone()).count();
        sequences.end - sequences.start - doubtful as u64
    }
}
