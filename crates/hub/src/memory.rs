//! How many bytes are kept, and for whom: so that what is said to be bounded is.
//!
//! The invariant: an event counts where it is kept, with all that was encoded of it: in the backlog's tally as
//! long as that keeps it, then among what is kept for slow clients alone, until the last of them has it.

use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use parking_lot::Mutex;

/// What the system's allocator adds to each piece, about.
pub(crate) const PIECE: usize = 16;

/// A number of bytes that several threads change.
#[derive(Debug, Default)]
pub(crate) struct Tally(AtomicUsize);

/// What is kept for slow clients alone, in all of this process: events that have left the backlog, and
/// what queues take themselves.
static ALONE: Tally = Tally(AtomicUsize::new(0));

/// The ways of encoding that streams have needed so far, one bit each.
static WAYS: AtomicUsize = AtomicUsize::new(0);

/// Notes that there is a stream that needs this way of encoding: whatever is kept from now on will be encoded so.
pub(crate) fn note_encoding(way: usize) {
    WAYS.fetch_or(1 << way, Relaxed);
}

/// How many ways of encoding streams have needed so far.
pub(crate) fn encodings() -> usize {
    WAYS.load(Relaxed).count_ones() as usize
}

/// How many bytes are kept for slow clients alone.
pub(crate) fn held_for_slow_clients() -> usize {
    ALONE.get()
}

impl Tally {
    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Relaxed);
    }

    fn take_off(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Relaxed);
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// What an event takes, and where that counts.
#[derive(Debug, Default)]
pub(crate) struct Weight(Mutex<Load>);

#[derive(Debug, Default)]
struct Load {
    bytes: usize,
    place: Place,
    /// The ways in which it is yet to be encoded, though it counts so already, and with how many bytes each.
    expected: (usize, usize),
}

/// Where an event is kept.
#[derive(Debug, Default)]
enum Place {
    /// In no backlog so far: who has it counts it.
    #[default]
    Elsewhere,
    /// In the backlog with this tally.
    Backlog(Arc<Tally>),
    /// In queues alone.
    Queues,
}

impl Place {
    fn tally(&self) -> Option<&Tally> {
        match self {
            Self::Elsewhere => None,
            Self::Backlog(tally) => Some(tally),
            Self::Queues => Some(&ALONE),
        }
    }
}

impl Load {
    fn grow(&mut self, bytes: usize) {
        self.bytes += bytes;
        if let Some(tally) = self.place.tally() {
            tally.add(bytes);
        }
    }

    fn shrink(&mut self, bytes: usize) {
        self.bytes -= bytes;
        if let Some(tally) = self.place.tally() {
            tally.take_off(bytes);
        }
    }

    fn move_to(&mut self, place: Place) {
        let before = mem::replace(&mut self.place, place);
        if let Some(tally) = self.place.tally() {
            tally.add(self.bytes);
        }
        if let Some(tally) = before.tally() {
            tally.take_off(self.bytes);
        }
    }
}

impl Weight {
    /// It was encoded in this way, and takes so much more.
    pub(crate) fn grow(&self, way: usize, bytes: usize) {
        let mut load = self.0.lock();
        load.grow(bytes);
        let (ways, each) = load.expected;
        if ways & 1 << way != 0 {
            load.expected = (ways & !(1 << way), each);
            load.shrink(each);
        }
    }

    /// A backlog keeps it from now on; it takes so much more than was noted, and will take `encoded` for each way.
    pub(crate) fn keep(&self, bytes: usize, encoded: usize, tally: &Arc<Tally>) {
        let mut load = self.0.lock();
        let ways = WAYS.load(Relaxed);
        load.expected = (ways, encoded);
        load.grow(bytes + encoded * ways.count_ones() as usize);
        load.move_to(Place::Backlog(Arc::clone(tally)));
    }

    /// No backlog will keep it, only queues; it takes so much more than was noted.
    pub(crate) fn queue(&self, bytes: usize) {
        let mut load = self.0.lock();
        load.grow(bytes);
        load.move_to(Place::Queues);
    }

    /// The backlog keeps it no more. Whether it will yet be encoded is not known any more.
    pub(crate) fn let_go(&self) {
        let mut load = self.0.lock();
        let (ways, each) = mem::take(&mut load.expected);
        load.shrink(each * ways.count_ones() as usize);
        load.move_to(Place::Queues);
    }

    /// Whether a backlog keeps it.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.0.lock().place, Place::Backlog(_))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.move_to(Place::Elsewhere);
    }
}

/// What a queue takes, or something that only queues have, as long as it does.
#[derive(Debug, Default)]
pub(crate) struct Share(usize);

impl Share {
    pub(crate) fn of(bytes: usize) -> Self {
        let mut share = Self::default();
        share.set(bytes);
        share
    }

    pub(crate) fn set(&mut self, bytes: usize) {
        if bytes != self.0 {
            ALONE.add(bytes);
            ALONE.take_off(mem::replace(&mut self.0, bytes));
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_counts_in_the_backlog_and_then_nowhere_but_in_queues() {
        let (weight, tally) = (Weight::default(), Arc::new(Tally::default()));
        weight.grow(0, 10);
        assert_eq!((tally.get(), weight.is_kept()), (0, false));
        weight.keep(100, 0, &tally);
        weight.grow(1, 1000);
        assert_eq!((tally.get(), weight.is_kept()), (1110, true));
        weight.let_go();
        weight.grow(2, 1);
        assert_eq!((tally.get(), weight.is_kept()), (0, false));
    }

    #[test]
    fn a_backlog_that_is_dropped_leaves_nothing_in_its_tally() {
        let (weight, tally) = (Weight::default(), Arc::new(Tally::default()));
        weight.keep(100, 0, &tally);
        drop(weight);
        assert_eq!(tally.get(), 0);
    }
}
