//! Sees the signals that tell a server of many threads to stop, which takes them itself: FrankenPHP.
//!
//! Caddy may end PHP before it closes the listeners, and waits for every stream. So this is told by the signal alone.
//! The handlers, which are Go's, are called as ever. Ours stays before them until module shutdown, as streams
//! begin and end on many threads. Whoever puts a handler before ours is left there: it may call ours.

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::signals::{Handler, action_of, chain, set_action, tell_keeper};

/// What Caddy, and whoever runs containers, stops a server with.
const SIGNALS: [c_int; 2] = [libc::SIGTERM, libc::SIGINT];

/// The handlers that stand behind ours, for each of the signals; 0 for none.
static CHAINED: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// The actions to put back.
static BEFORE: Mutex<[Option<libc::sigaction>; 2]> = Mutex::new([None; 2]);

/// How many came.
static CAME: AtomicU32 = AtomicU32::new(0);

/// How many handlers are running.
static RUNNING: AtomicU32 = AtomicU32::new(0);

/// The signals that come from now on.
#[derive(Debug)]
pub(super) struct StopSignals {
    before: u32,
}

impl StopSignals {
    /// Begins to look.
    pub(super) fn watch() -> Self {
        let mut before = BEFORE.lock();
        for (place, signal) in SIGNALS.into_iter().enumerate() {
            if before[place].is_none() {
                // SAFETY: the handler does nothing that is not allowed in one, on the stack that the server's own asks
                // for, and `give_back` takes it out before its code goes.
                before[place] = unsafe { chain(signal, on_signal, &CHAINED[place]) };
            }
        }
        Self { before: CAME.load(Ordering::Acquire) }
    }

    /// True if one came.
    pub(super) fn came(&self) -> bool {
        CAME.load(Ordering::Acquire) != self.before
    }
}

/// Takes our handlers out. Called at module shutdown: their code may be unmapped after that.
pub(crate) fn give_back() {
    let mut before = BEFORE.lock();
    let ours = on_signal as *const () as usize;
    for (place, signal) in SIGNALS.into_iter().enumerate() {
        let is_ours = action_of(signal).is_some_and(|action| action.sa_sigaction == ours);
        if let Some(action) = before[place].take().filter(|_| is_ours) {
            // SAFETY: the action that stood there before; its handler is the server's own, whose code stays.
            unsafe { set_action(signal, &action) };
        }
    }
    while RUNNING.load(Ordering::Acquire) > 0 {
        std::thread::yield_now();
    }
}

/// Notes the signal, wakes the keeper, and calls the server's own handler. Only atomics and a write.
extern "C" fn on_signal(signal: c_int, about: *mut libc::siginfo_t, context: *mut c_void) {
    RUNNING.fetch_add(1, Ordering::AcqRel);
    CAME.fetch_add(1, Ordering::AcqRel);
    tell_keeper();
    let place = SIGNALS.iter().position(|own| *own == signal).unwrap_or_default();
    // SAFETY: the address of a handler that stood there before ours, neither `SIG_DFL` nor `SIG_IGN`, stored before
    // ours was installed; its code stays. One that takes the signal only does not look at the rest, which this
    // platform's calling convention allows.
    let chained =
        unsafe { std::mem::transmute::<usize, Handler>(CHAINED[place].load(Ordering::Acquire)) };
    chained(signal, about, context);
    RUNNING.fetch_sub(1, Ordering::AcqRel);
}
