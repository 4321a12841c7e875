//! A stream that waits for what it has missed, as its shard and the core see it.
//!
//! The invariant: the core knows, without asking, whether the stream is still there, and whether its client
//! takes what it is given.

use std::{
    os::fd::OwnedFd,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use hub_protocol::EventId;
use serde::{Deserialize, Serialize};

/// What stands for the position of a stream that gets nothing new yet: no event comes after it.
pub(super) const LATER: EventId = EventId { milliseconds: u64::MAX, sequence: u64::MAX };

/// About how much may wait for a client before it is given more of what it has missed, as [`Update::size`] counts.
///
/// [`Update::size`]: crate::update::Update::size
const AHEAD: usize = 512 * 1024;

/// Tells the core that it can go on.
#[derive(Debug)]
pub(crate) struct Waker {
    socket: Option<Arc<OwnedFd>>,
    rung: AtomicBool,
}

impl Waker {
    /// One that rings where news of Redis rings, too.
    pub(crate) fn new(socket: Option<Arc<OwnedFd>>) -> Arc<Self> {
        Arc::new(Self { socket, rung: AtomicBool::new(false) })
    }

    fn ring(&self) {
        if !self.rung.swap(true, SeqCst)
            && let Some(socket) = &self.socket
        {
            let _ = rustix::io::write(socket, &1_u64.to_ne_bytes());
        }
    }

    /// Whether it has rung since.
    pub(crate) fn quieten(&self) -> bool {
        self.rung.swap(false, SeqCst)
    }
}

/// What the core and a shard share of a stream.
#[derive(Debug)]
struct Tie {
    bell: Arc<Waker>,
    /// How much it had been given when its client had taken all of it.
    taken: AtomicUsize,
    /// Whether the core waits for that.
    is_awaited: AtomicBool,
    /// Whether the stream is closed.
    is_gone: AtomicBool,
}

/// The core's end.
#[derive(Debug)]
pub(crate) struct ReplaySender {
    tie: Arc<Tie>,
    given: usize,
}

/// The shard's end. The core hears when it is dropped.
#[derive(Debug)]
pub(crate) struct ReplayReceiver {
    /// The core's name for the stream.
    pub(crate) number: u64,
    tie: Arc<Tie>,
    given: usize,
}

/// From where a stream has to be given what it has missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplayProgress {
    /// It has had, or been given, all up to here.
    pub(crate) after: EventId,
    /// What its client says was the last event that it saw.
    pub(crate) last_event_id: Option<String>,
    /// How many events it has been given.
    pub(crate) events: usize,
    /// How large these were.
    pub(crate) bytes: usize,
}

/// Both ends, for the stream with this number.
pub(crate) fn replay_channel(number: u64, bell: &Arc<Waker>) -> (ReplaySender, ReplayReceiver) {
    let [is_awaited, is_gone] = [false; 2].map(AtomicBool::new);
    let taken = AtomicUsize::new(0);
    let tie = Arc::new(Tie { bell: Arc::clone(bell), taken, is_awaited, is_gone });
    (ReplaySender { tie: Arc::clone(&tie), given: 0 }, ReplayReceiver { number, tie, given: 0 })
}

impl ReplaySender {
    /// Whether the stream is closed.
    pub(crate) fn is_gone(&self) -> bool {
        self.tie.is_gone.load(SeqCst)
    }

    /// Gives it so much.
    pub(crate) fn give(&mut self, size: usize) {
        self.given += size;
    }

    /// Whether its client can be given more. If not, the bell rings when it can.
    pub(crate) fn has_room(&self) -> bool {
        if self.waits() > AHEAD {
            self.tie.is_awaited.store(true, SeqCst);
        }
        // It may have been taken just now, and nothing would ring.
        self.waits() <= AHEAD
    }

    fn waits(&self) -> usize {
        self.given.saturating_sub(self.tie.taken.load(SeqCst))
    }
}

impl ReplayReceiver {
    /// It has been given so much.
    pub(super) fn give(&mut self, size: usize) {
        self.given += size;
    }

    /// Its client has taken all of that.
    pub(super) fn note_taken(&self) {
        self.tie.taken.store(self.given, SeqCst);
        if self.tie.is_awaited.swap(false, SeqCst) {
            self.tie.bell.ring();
        }
    }
}

impl Drop for ReplayReceiver {
    fn drop(&mut self) {
        // Before the bell: it rings once.
        self.tie.is_gone.store(true, SeqCst);
        self.tie.bell.ring();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn who_hears_the_bell_of_a_stream_that_is_gone_sees_that_it_is() {
        for round in 0..1000 {
            let bell = Waker::new(None);
            let (taker, catch_up) = replay_channel(round, &bell);
            let end = thread::spawn(move || drop(catch_up));
            while !bell.quieten() {
                thread::yield_now();
            }
            assert!(taker.is_gone(), "the bell does not ring again: round {round}");
            end.join().unwrap();
        }
    }
}
