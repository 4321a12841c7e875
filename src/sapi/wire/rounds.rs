//! Rounds: a thread that looks after the wires whose server may block in a write, so that the keeper never
//! does.
//!
//! It goes from wire to wire: it sends the heartbeat that is due, and asks whether the client has left. Should
//! it be stuck in there, with a client that takes nothing, the keeper has another thread go on without it. The
//! next one leaves that wire alone, whose lock is held, so that there is at most one more thread than such
//! clients; and the one that comes back ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::{Wire, ticks};
use crate::sapi::sys::clock;
use crate::sapi::sys::signal_mask::with_all_blocked;

/// How often the keeper looks whether the thread is stuck: others' heartbeats are late by that at most, once.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// The longest rest between two rounds: clients that have left are noticed within that.
const REST: Duration = Duration::from_millis(100);

/// The keeper's side of it.
#[derive(Default)]
pub(super) struct Rounds {
    board: Arc<Board>,
    /// Who goes round now.
    walker: Option<Arc<Walker>>,
    threads: Vec<JoinHandle<()>>,
}

/// What all of them see.
#[derive(Default)]
struct Board {
    wires: Mutex<Wires>,
    /// Told when there is a wire more, or no more rounds.
    news: Condvar,
}

#[derive(Default)]
struct Wires {
    all: Vec<Arc<Wire>>,
    /// True if there are some that nobody has been at.
    has_new: bool,
}

/// A thread that goes round.
#[derive(Default)]
struct Walker {
    /// When it went to the wire that it is at, in [`ticks`]; 0 between wires.
    at_wire_since: AtomicU64,
    /// True if another one goes on in its place.
    is_relieved: AtomicBool,
}

impl Rounds {
    /// Takes a wire on. Without a thread, which there may be no room for, its script does all that there is to do.
    pub(super) fn add(&mut self, wire: Arc<Wire>) {
        let mut wires = self.board.wires.lock();
        wires.all.push(wire);
        wires.has_new = true;
        drop(wires);
        self.board.news.notify_all();
        if self.walker.is_none() {
            self.send_out();
        }
    }

    /// Gives a wire up. Who is at it may be for a while, but has nothing to do there any more: it is closed.
    pub(super) fn remove(&self, wire: &Arc<Wire>) {
        self.board.wires.lock().all.retain(|own| !Arc::ptr_eq(own, wire));
    }

    /// When the keeper should look again.
    pub(super) fn next_look(&self, now: Duration) -> Option<Duration> {
        (!self.board.wires.lock().all.is_empty()).then(|| now.saturating_add(LOOK))
    }

    /// Has another thread go on where this one is stuck.
    pub(super) fn look_after(&mut self, now: Duration) {
        if self.walker.as_ref().is_some_and(|walker| walker.is_stuck(now)) {
            self.send_out();
        }
        self.threads.retain(|thread| !thread.is_finished());
    }

    fn send_out(&mut self) {
        let walker = Arc::new(Walker::default());
        let (board, its_own) = (Arc::clone(&self.board), Arc::clone(&walker));
        let builder = std::thread::Builder::new().name("sse-rounds".into());
        let thread = with_all_blocked(|| builder.spawn(move || its_own.walk(&board)));
        if let Ok(thread) = thread {
            self.relieve();
            self.threads.push(thread);
            self.walker = Some(walker);
        }
    }

    fn relieve(&mut self) {
        if let Some(walker) = self.walker.take() {
            walker.is_relieved.store(true, Ordering::Release);
            let _wires = self.board.wires.lock();
            self.board.news.notify_all();
        }
    }

    /// Ends all rounds. No wire is left that could hold a thread up.
    pub(super) fn end(mut self) {
        self.relieve();
        for thread in self.threads {
            // It does not panic; and if it did, there would be nothing left to do about it.
            let _ = thread.join();
        }
    }
}

impl Board {
    /// The wires of a round.
    fn take_round(&self) -> Vec<Arc<Wire>> {
        let mut wires = self.wires.lock();
        wires.has_new = false;
        wires.all.clone()
    }
}

impl Walker {
    fn is_stuck(&self, now: Duration) -> bool {
        let since = self.at_wire_since.load(Ordering::Acquire);
        since > 0 && now.saturating_sub(Duration::from_nanos(since)) >= LOOK
    }

    fn is_relieved(&self) -> bool {
        self.is_relieved.load(Ordering::Acquire)
    }

    fn walk(&self, board: &Board) {
        while !self.is_relieved() {
            for wire in board.take_round() {
                if self.is_relieved() {
                    return;
                }
                let now = clock::now();
                self.at_wire_since.store(ticks(now), Ordering::Release);
                wire.visit(now);
                self.at_wire_since.store(0, Ordering::Release);
            }
            self.rest(board);
        }
    }

    /// Waits until the next wire is due.
    fn rest(&self, board: &Board) {
        let mut wires = board.wires.lock();
        if self.is_relieved() || wires.has_new {
            return;
        }
        if wires.all.is_empty() {
            return board.news.wait(&mut wires);
        }
        let now = clock::now();
        let due = wires.all.iter().filter_map(|wire| wire.next_visit(now)).min();
        let rest = due.map_or(REST, |due| REST.min(due.saturating_sub(now)));
        board.news.wait_for(&mut wires, rest);
    }
}
