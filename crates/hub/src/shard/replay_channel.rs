//! The state of a replay that the core and a shard share: how much was sent, and read.
//!
//! The updates themselves come as commands.
//!
//! The invariant: the core knows, without asking, if the subscriber is still there, and if its client reads what it
//! is sent.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use hub_protocol::EventId;
use serde::{Deserialize, Serialize};

/// The position of a subscriber that gets no published updates: none comes after it.
pub(super) const NEVER: EventId = EventId { milliseconds: u64::MAX, sequence: u64::MAX };

/// About how much may wait for a client before it is sent more of its replay, as [`Update::size`] counts.
///
/// [`Update::size`]: crate::update::Update::size
const AHEAD: usize = 512 * 1024;

/// Wakes the core.
#[derive(Debug)]
pub(crate) struct Waker {
    socket: Option<Arc<OwnedFd>>,
    is_woken: AtomicBool,
}

impl Waker {
    /// A waker that writes to this eventfd, as the Redis thread does.
    pub(crate) fn new(socket: Option<Arc<OwnedFd>>) -> Arc<Self> {
        Arc::new(Self { socket, is_woken: AtomicBool::new(false) })
    }

    fn wake(&self) {
        if !self.is_woken.swap(true, SeqCst)
            && let Some(socket) = &self.socket
        {
            let _ = rustix::io::write(socket, &1_u64.to_ne_bytes());
        }
    }

    /// True if it has woken the core since the last call.
    pub(crate) fn drain(&self) -> bool {
        self.is_woken.swap(false, SeqCst)
    }
}

/// A page of what was missed, on its way to the shards: each of its batches holds it until it has been queued. The core
/// is woken when the last one has.
#[derive(Debug)]
pub(crate) struct PageInFlight {
    waker: Arc<Waker>,
}

impl PageInFlight {
    pub(crate) fn new(waker: &Arc<Waker>) -> Arc<Self> {
        Arc::new(Self { waker: Arc::clone(waker) })
    }
}

impl Drop for PageInFlight {
    fn drop(&mut self) {
        self.waker.wake();
    }
}

/// The state that both ends share.
#[derive(Debug)]
struct Link {
    waker: Arc<Waker>,
    /// The size of all that had been sent when the client had last read all of it.
    taken: AtomicUsize,
    /// True while the core waits for the client to read some.
    is_awaited: AtomicBool,
    is_closed: AtomicBool,
}

/// The core's end.
#[derive(Debug)]
pub(crate) struct ReplaySender {
    link: Arc<Link>,
    sent: usize,
}

/// The shard's end, which the subscriber owns. The core is woken when it is dropped.
#[derive(Debug)]
pub(crate) struct ReplayReceiver {
    /// The number of the replay, by which the core names the subscriber.
    pub(crate) number: u64,
    link: Arc<Link>,
    received: usize,
}

/// The progress of a subscriber's replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplayProgress {
    /// It has been sent all up to here, or had it before.
    pub(crate) after: EventId,
    /// The last event ID that its client claimed.
    pub(crate) last_event_id: Option<String>,
    /// The number of updates that it has been sent.
    pub(crate) updates: usize,
    /// The memory that these took, in bytes.
    pub(crate) bytes: usize,
}

/// Makes both ends, for the replay with this number.
pub(crate) fn replay_channel(number: u64, waker: &Arc<Waker>) -> (ReplaySender, ReplayReceiver) {
    let [is_awaited, is_closed] = [false; 2].map(AtomicBool::new);
    let taken = AtomicUsize::new(0);
    let link = Arc::new(Link { waker: Arc::clone(waker), taken, is_awaited, is_closed });
    let sender = ReplaySender { link: Arc::clone(&link), sent: 0 };
    (sender, ReplayReceiver { number, link, received: 0 })
}

impl ReplaySender {
    /// True once the subscriber is gone, or live.
    pub(crate) fn is_closed(&self) -> bool {
        self.link.is_closed.load(SeqCst)
    }

    /// Notes that so much is sent.
    pub(crate) fn note_sent(&mut self, size: usize) {
        self.sent += size;
    }

    /// True if the client can be sent more. If not, the core is woken when it can.
    pub(crate) fn has_room(&self) -> bool {
        if self.untaken() > AHEAD {
            self.link.is_awaited.store(true, SeqCst);
        }
        // The client may have read it just now, and nobody would be woken.
        self.untaken() <= AHEAD
    }

    fn untaken(&self) -> usize {
        self.sent.saturating_sub(self.link.taken.load(SeqCst))
    }
}

impl ReplayReceiver {
    /// Notes that so much was received.
    pub(super) fn note_received(&mut self, size: usize) {
        self.received += size;
    }

    /// Notes that the client has read all that was received.
    pub(super) fn note_taken(&self) {
        self.link.taken.store(self.received, SeqCst);
        if self.link.is_awaited.swap(false, SeqCst) {
            self.link.waker.wake();
        }
    }
}

impl Drop for ReplayReceiver {
    fn drop(&mut self) {
        // Closed first, as the core is woken only once.
        self.link.is_closed.store(true, SeqCst);
        self.link.waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn who_is_woken_by_a_subscriber_that_is_gone_sees_that_it_is() {
        for round in 0..1000 {
            let waker = Waker::new(None);
            let (sender, receiver) = replay_channel(round, &waker);
            let end = thread::spawn(move || drop(receiver));
            while !waker.drain() {
                thread::yield_now();
            }
            assert!(sender.is_closed(), "nobody is woken again: round {round}");
            end.join().unwrap();
        }
    }
}
