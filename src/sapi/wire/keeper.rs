//! The keeper: one thread per process that looks after every open wire while the script is busy.
//!
//! It sends heartbeats, sees clients leave, and asks the server whether it wants to stop. It never
//! calls the engine, and no PHP value is reachable from it. It is started by the first stream after
//! a fork, with all signals blocked, and sleeps while no stream is open.

use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd};

use super::Wire;
use crate::sapi::server::signals;
use crate::sapi::sys::clock;
use crate::sapi::sys::poll::poll;
use crate::sapi::sys::process::forks;
use crate::sapi::sys::unshared::Unshared;

/// How often the server is asked whether it wants to stop.
const ASK_SERVER: Duration = Duration::from_millis(200);
/// How long the script waits for the keeper to let go of a wire, should the machine be that busy.
const LET_GO: Duration = Duration::from_secs(5);

/// What the keeper is told.
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
    _unshared: Unshared,
    bell: Arc<OwnedFd>,
    thread: JoinHandle<()>,
    forks: u32,
}

static KEEPER: Mutex<Option<Keeper>> = Mutex::new(None);

/// The bell's number, for signal handlers; -1 without a keeper.
static BELL: AtomicI32 = AtomicI32::new(-1);

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
    BELL.store(-1, Ordering::Release);
    if keeper.tell(Order::Quit) {
        // It does not panic; and if it did, there would be nothing left to do about it.
        let _ = keeper.thread.join();
    }
}

/// Wakes the keeper. Called by signal handlers: nothing but a system call.
pub(crate) fn ring() {
    let bell = BELL.load(Ordering::Acquire);
    if bell >= 0 {
        let one = 1u64.to_ne_bytes();
        // SAFETY: writes eight bytes of ours to a descriptor that is the keeper's for as long as its
        // number stands there.
        unsafe { libc::write(bell, one.as_ptr().cast(), one.len()) };
    }
}

fn start() -> Option<Keeper> {
    let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
    let bell = Arc::new(eventfd(0, flags).ok()?);
    let (orders, inbox) = unbounded();
    let thread_bell = Arc::clone(&bell);
    let body = move || Rounds { bell: thread_bell, inbox, wires: Vec::new() }.run();
    let builder = std::thread::Builder::new().name("sse-keeper".into());
    let thread = signals::with_all_blocked(|| builder.spawn(body)).ok()?;
    BELL.store(bell.as_raw_fd(), Ordering::Release);
    let unshared = Unshared::new(bell.as_raw_fd());
    Some(Keeper { orders, _unshared: unshared, bell, thread, forks: forks() })
}

impl Keeper {
    fn tell(&self, order: Order) -> bool {
        let told = self.orders.send(order).is_ok();
        told && rustix::io::write(&self.bell, &1u64.to_ne_bytes()).is_ok()
    }
}

/// The keeper's own side.
struct Rounds {
    bell: Arc<OwnedFd>,
    inbox: Receiver<Order>,
    wires: Vec<Arc<Wire>>,
}

impl Rounds {
    fn run(mut self) {
        let mut ask_at = clock::now();
        loop {
            self.wait(ask_at);
            // Before the orders: an alarm is for each wire that was there when it was raised.
            let alarmed = signals::take_alarm();
            if !self.take_orders() {
                return;
            }
            let now = clock::now();
            let asks = alarmed || ask_at <= now;
            if asks {
                ask_at = now + ASK_SERVER;
            }
            for wire in &self.wires {
                if asks {
                    wire.ask_server();
                }
                wire.look_after(now);
            }
        }
    }

    /// Sleeps until something is due, or happens, and takes note of clients that left.
    fn wait(&self, ask_at: Duration) {
        let now = clock::now();
        let asking = self.wires.iter().any(|wire| wire.stop_reason().is_none()).then_some(ask_at);
        let looks = self.wires.iter().filter_map(|wire| wire.next_look(now));
        let wake = looks.chain(asking).min().map(|due| due.saturating_sub(now));
        let watched: Vec<_> =
            self.wires.iter().filter(|wire| wire.stop_reason().is_none()).collect();
        let mut fds = vec![PollFd::new(&self.bell, PollFlags::IN)];
        fds.extend(watched.iter().map(|wire| wire.watched()));
        // An error here is a signal at most, and signals are blocked: the round goes on.
        let _ = poll(&mut fds, wake);
        for (wire, fd) in watched.iter().zip(&fds[1..]) {
            wire.see(fd.revents());
        }
        let mut rung = [0; 8];
        // Empty when nobody rang.
        let _ = rustix::io::read(&self.bell, &mut rung);
    }

    /// False when the keeper is to end.
    fn take_orders(&mut self) -> bool {
        while let Ok(order) = self.inbox.try_recv() {
            match order {
                Order::Watch(wire) => self.wires.push(wire),
                Order::Forget(wire, done) => {
                    self.wires.retain(|own| !Arc::ptr_eq(own, &wire));
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
