//! Counts the bytes of events and queues, so that their limits hold.
//!
//! The invariant: an update counts where it is kept, with all its encodings: in the backlog's tally as long as that
//! keeps it, then among the bytes for slow clients alone, until the last of them has it.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use parking_lot::Mutex;

use crate::output::Output;

/// About how many bytes the system's allocator adds to each allocation.
pub(crate) const ALLOCATION: usize = 16;

/// A number of bytes that several threads change.
#[derive(Debug, Default)]
pub(crate) struct Tally(AtomicUsize);

/// All bytes that are kept for slow clients alone in this process: updates that have left the backlog, and the memory
/// of the queues themselves.
static SLOW_CLIENTS: Tally = Tally(AtomicUsize::new(0));

/// The encodings that subscribers have needed so far, one bit each.
static ENCODINGS: AtomicUsize = AtomicUsize::new(0);

/// The encodings without a content coding. In the others an update is encoded only for clients that are not in a segment
/// with others.
const PLAIN: usize = (1 << Output::PLAIN) - 1;

/// Notes that a subscriber needs this encoding: updates from now on will be encoded so.
pub(crate) fn note_encoding(encoding: usize) {
    ENCODINGS.fetch_or(1 << encoding, Relaxed);
}

/// The number of encodings that subscribers have needed so far.
pub(crate) fn encodings() -> usize {
    ENCODINGS.load(Relaxed).count_ones() as usize
}

/// The number of bytes that are kept for slow clients alone.
pub(crate) fn held_for_slow_clients() -> usize {
    SLOW_CLIENTS.get()
}

impl Tally {
    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Relaxed);
    }

    fn subtract(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Relaxed);
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// The memory that an update takes, and the tally that it counts in.
#[derive(Debug, Default)]
pub(crate) struct Footprint(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    bytes: usize,
    holder: Holder,
    /// The encodings that are yet to be made, though they count already, and the bytes that each counts with.
    expected: (usize, usize),
}

/// The holders of an update.
#[derive(Debug, Default)]
enum Holder {
    /// No backlog so far: it counts nowhere.
    #[default]
    Nobody,
    /// The backlog with this tally.
    Backlog(Arc<Tally>),
    /// Queues alone.
    Queues,
}

impl Holder {
    fn tally(&self) -> Option<&Tally> {
        match self {
            Self::Nobody => None,
            Self::Backlog(tally) => Some(tally),
            Self::Queues => Some(&SLOW_CLIENTS),
        }
    }
}

impl Counted {
    fn grow(&mut self, bytes: usize) {
        self.bytes += bytes;
        if let Some(tally) = self.holder.tally() {
            tally.add(bytes);
        }
    }

    fn shrink(&mut self, bytes: usize) {
        self.bytes -= bytes;
        if let Some(tally) = self.holder.tally() {
            tally.subtract(bytes);
        }
    }

    fn move_to(&mut self, holder: Holder) {
        let before = mem::replace(&mut self.holder, holder);
        if let Some(tally) = self.holder.tally() {
            tally.add(self.bytes);
        }
        if let Some(tally) = before.tally() {
            tally.subtract(self.bytes);
        }
    }
}

impl Footprint {
    /// Notes that this encoding was made, and takes so many bytes more.
    pub(crate) fn grow(&self, encoding: usize, bytes: usize) {
        let mut counted = self.0.lock();
        counted.grow(bytes);
        let (encodings, each) = counted.expected;
        if encodings & 1 << encoding != 0 {
            counted.expected = (encodings & !(1 << encoding), each);
            counted.shrink(each);
        }
    }

    /// Counts the update in a backlog's tally from now on, with so many bytes more than were noted, and with
    /// `encoded` for each encoding that will be made.
    pub(crate) fn keep(&self, bytes: usize, encoded: usize, tally: &Arc<Tally>) {
        let mut counted = self.0.lock();
        let encodings = ENCODINGS.load(Relaxed) & PLAIN;
        counted.expected = (encodings, encoded);
        counted.grow(bytes + encoded * encodings.count_ones() as usize);
        counted.move_to(Holder::Backlog(Arc::clone(tally)));
    }

    /// Counts the update among the bytes for slow clients alone, with so many bytes more than were noted: no backlog
    /// will keep it.
    pub(crate) fn queue(&self, bytes: usize) {
        let mut counted = self.0.lock();
        counted.grow(bytes);
        counted.move_to(Holder::Queues);
    }

    /// Removes the update from the backlog's tally. It is no longer known which encodings will be made.
    pub(crate) fn let_go(&self) {
        let mut counted = self.0.lock();
        let (encodings, each) = mem::take(&mut counted.expected);
        counted.shrink(each * encodings.count_ones() as usize);
        counted.move_to(Holder::Queues);
    }

    /// True while a backlog keeps it.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.0.lock().holder, Holder::Backlog(_))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.move_to(Holder::Nobody);
    }
}

/// The memory that a queue takes, or something that only queues have; it counts as long as this lives.
#[derive(Debug, Default)]
pub(crate) struct QueueMemory(usize);

impl QueueMemory {
    pub(crate) fn of(bytes: usize) -> Self {
        let mut memory = Self::default();
        memory.set(bytes);
        memory
    }

    pub(crate) fn set(&mut self, bytes: usize) {
        if bytes != self.0 {
            SLOW_CLIENTS.add(bytes);
            SLOW_CLIENTS.subtract(mem::replace(&mut self.0, bytes));
        }
    }
}

impl Drop for QueueMemory {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_counts_in_the_backlog_and_then_nowhere_but_in_queues() {
        let (footprint, tally) = (Footprint::default(), Arc::new(Tally::default()));
        footprint.grow(0, 10);
        assert_eq!((tally.get(), footprint.is_kept()), (0, false));
        footprint.keep(100, 0, &tally);
        footprint.grow(1, 1000);
        assert_eq!((tally.get(), footprint.is_kept()), (1110, true));
        footprint.let_go();
        footprint.grow(2, 1);
        assert_eq!((tally.get(), footprint.is_kept()), (0, false));
    }

    #[test]
    fn a_backlog_that_is_dropped_leaves_nothing_in_its_tally() {
        let (footprint, tally) = (Footprint::default(), Arc::new(Tally::default()));
        footprint.keep(100, 0, &tally);
        drop(footprint);
        assert_eq!(tally.get(), 0);
    }
}
