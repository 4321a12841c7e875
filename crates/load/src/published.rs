//! The events that were published, so that clients know which they have to get.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

/// The numbers that were given to events. It is shared by all publishers of one sequence, which publish
/// one after the other, and by the clients that follow it.
#[derive(Debug, Default)]
pub struct Published {
    begun: AtomicU64,
    doubtful: Mutex<BTreeSet<u64>>,
}

impl Published {
    /// The number of events that were at least begun to be published. A client that has the
    /// beginning of a stream must get all that come after.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// The number of the next one, which is counted at once.
    pub fn begin(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst)
    }

    /// Nobody knows whether this one was published, as the answer was an error: it may come or not.
    pub fn doubt(&self, sequence: u64) {
        self.doubtful.lock().insert(sequence);
    }

    /// The number of those in `sequences` that have been published without a doubt.
    pub(crate) fn certain(&self, sequences: Range<u64>) -> u64 {
        let doubtful = self.doubtful.lock().range(sequences.clone()).count();
        sequences.end - sequences.start - doubtful as u64
    }
}
