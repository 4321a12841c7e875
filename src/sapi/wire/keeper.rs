//! The keeper: one thread per process that looks after all open wires while scripts are busy.
//!
//! It sends heartbeats, sees clients leave, and asks the server whether it wants to stop. It never
//! calls the engine, and no PHP value is reachable from it. It is started by the first stream after
//! a fork, with all signals blocked, and sleeps while no stream is open.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use parking_lot::Mutex;
use rustix::event::{PollFd, PollFlags};

use super::Wire;
use super::rounds::Rounds;
use crate::sapi::server::signals;
use crate::sapi::sys::clock;
use crate::sapi::sys::poll::poll;
use crate::sapi::sys::process::forks;
use crate::sapi::sys::signal_mask::with_all_blocked;
use crate::sapi::sys::waker::Waker;

/// The interval at which the server is asked whether it wants to stop.
const ASK_SERVER: Duration = Duration::from_millis(200);
/// The longest that the script waits for the keeper to let go of a wire, should the machine be that busy.
const LET_GO: Duration = Duration::from_secs(5);

/// An order to the keeper.
enum Order {
    /// Look after this wire.
    Watch(Arc<Wire>),
    /// Let go of this wire, and say so.
    Forget(Arc<Wire>, Sender<()>),
    /// End.
    Quit,
}

struct Keeper {
    orders: Sender<Order>,
    waker: Arc<Waker>,
    thread: JoinHandle<()>,
    forks: u32,
}

static KEEPER: Mutex<Option<Keeper>> = Mutex::new(None);

/// Has the keeper look after a wire, and starts it if need be. False if it cannot be started.
pub(crate) fn watch(wire: &Arc<Wire>) -> bool {
    let mut keeper = KEEPER.lock();
    if keeper.as_ref().is_some_and(|keeper| keeper.forks != forks()) {
        // The parent's: its thread does not exist here.
        std::mem::forget(keeper.take());
    }
    if keeper.is_none() {
        *keeper = start();
    }
    keeper.as_ref().is_some_and(|keeper| keeper.tell(Order::Watch(Arc::clone(wire))))
}

/// Has the keeper let go of a wire; when this returns, it holds no descriptor of it.
pub(crate) fn forget(wire: &Arc<Wire>) {
    let keeper = KEEPER.lock();
    let Some(keeper) = keeper.as_ref().filter(|keeper| keeper.forks == forks()) else { return };
    let (done, answer) = bounded(1);
    if keeper.tell(Order::Forget(Arc::clone(wire), done)) {
        // A timeout would mean that the thread died; then it holds nothing either.
        let _ = answer.recv_timeout(LET_GO);
    }
}

/// Ends the keeper. Called at module shutdown: its code may be unmapped after that.
pub(crate) fn quit() {
    let Some(keeper) = KEEPER.lock().take() else { return };
    if keeper.forks != forks() {
        std::mem::forget(keeper);
        return;
    }
    Waker::detach_from_signals();
    if keeper.tell(Order::Quit) {
        // It does not panic; and if it did, there would be nothing left to do about it.
        let _ = keeper.thread.join();
    }
}

fn start() -> Option<Keeper> {
    let waker = Arc::new(Waker::new()?);
    let (orders, inbox) = unbounded();
    let (wires, rounds) = (Vec::new(), Rounds::default());
    let keeper_loop = KeeperLoop { waker: Arc::clone(&waker), inbox, wires, rounds };
    let builder = std::thread::Builder::new().name("sse-keeper".into());
    let thread = with_all_blocked(|| builder.spawn(|| keeper_loop.run())).ok()?;
    waker.attach_to_signals();
    Some(Keeper { orders, waker, thread, forks: forks() })
}

impl Keeper {
    fn tell(&self, order: Order) -> bool {
        let told = self.orders.send(order).is_ok();
        told && self.waker.wake()
    }
}

/// The keeper's own side.
struct KeeperLoop {
    waker: Arc<Waker>,
    inbox: Receiver<Order>,
    wires: Vec<Arc<Wire>>,
    /// Of these, the ones whose server may block.
    rounds: Rounds,
}

impl KeeperLoop {
    fn run(mut self) {
        let mut ask_at = clock::now();
        loop {
            self.wait(ask_at);
            // Before the orders: a signal is for each wire that was there when it came.
            let is_signalled = signals::take_unseen();
            if !self.take_orders() {
                return self.rounds.end();
            }
            let now = clock::now();
            let asks = is_signalled || ask_at <= now;
            if asks {
                ask_at = now + ASK_SERVER;
            }
            for wire in &self.wires {
                if asks {
                    wire.ask_server();
                }
                wire.look_after(now);
            }
            self.rounds.look_after(now);
        }
    }

    /// Sleeps until something is due, or happens, and takes note of clients that left.
    fn wait(&self, ask_at: Duration) {
        let now = clock::now();
        let asking = self.wires.iter().any(|wire| wire.stop_reason().is_none()).then_some(ask_at);
        let looks = self.wires.iter().filter_map(|wire| wire.next_look(now));
        let looks = looks.chain(asking).chain(self.rounds.next_look(now));
        let wake = looks.min().map(|due| due.saturating_sub(now));
        let watched: Vec<_> =
            self.wires.iter().filter(|wire| wire.stop_reason().is_none()).collect();
        let mut fds = vec![PollFd::new(&*self.waker, PollFlags::IN)];
        fds.extend(watched.iter().map(|wire| wire.watched()));
        // An error here is a signal at most, and signals are blocked: the round goes on.
        let _ = poll(&mut fds, wake);
        for (wire, fd) in watched.iter().zip(&fds[1..]) {
            wire.note_poll(fd.revents());
        }
        self.waker.drain();
    }

    /// False when the keeper is to end.
    fn take_orders(&mut self) -> bool {
        while let Ok(order) = self.inbox.try_recv() {
            match order {
                Order::Watch(wire) => {
                    if wire.may_block() {
                        self.rounds.add(Arc::clone(&wire));
                    }
                    self.wires.push(wire);
                }
                Order::Forget(wire, done) => {
                    self.wires.retain(|own| !Arc::ptr_eq(own, &wire));
                    self.rounds.remove(&wire);
                    drop(wire);
                    // Nobody waits any more if this fails.
                    let _ = done.send(());
                }
                Order::Quit => return false,
            }
        }
        true
    }
}
