//! Holds the wire of the response that this thread serves: every byte of it takes that way.

use std::cell::{Cell, RefCell};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;

use super::response::written;
use super::sys::process;
use super::wire::{Wire, keeper};
use crate::stream::{StopReason, Tail};

thread_local! {
    static ATTACHED: RefCell<Option<Arc<Wire>>> = const { RefCell::new(None) };
    /// The same, to be read in hooks: an owner there would leak when a call does not return.
    static WIRE: Cell<*const Wire> = const { Cell::new(std::ptr::null()) };
}

/// Lets all that is written from now on take this wire.
pub(super) fn attach(wire: &Arc<Wire>) {
    WIRE.set(Arc::as_ptr(wire));
    ATTACHED.replace(Some(Arc::clone(wire)));
    if let Some(server_fd) = wire.server_fd() {
        process::keep_from_forks([server_fd, wire.as_fd().as_raw_fd()]);
    }
}

/// Ends the wire of this response, if there is one: it is flushed, the keeper lets go of it, and whatever is
/// written from now on goes to the server as ever.
pub(crate) fn detach() {
    if let Some(wire) = take() {
        written::set_tail(wire.tail());
        wire.close();
        keeper::forget(&wire);
    }
}

/// Ends the wire of a response that is over, whose connection may be another's by now: nothing is written
/// to it any more. False where there was none.
pub(super) fn abandon() -> bool {
    let Some(wire) = take() else { return false };
    wire.stop(StopReason::ClientGone);
    wire.close();
    keeper::forget(&wire);
    true
}

/// Takes the wire of this response, unless it belongs to the parent of this process.
fn take() -> Option<Arc<Wire>> {
    WIRE.set(std::ptr::null());
    process::let_forks_inherit();
    ATTACHED.take().filter(|wire| wire.is_ours())
}

/// Looks at the wire of this response, if this process may use one. It may leave by a `longjmp`.
#[inline]
pub(super) fn with<R>(look: impl FnOnce(Option<&Wire>) -> R) -> R {
    // SAFETY: null, or the wire that `ATTACHED` keeps until `detach` or `abandon`, which this thread alone calls, and
    // nothing that a `look` with a wire does. A bailout out of `look` leaves nothing behind: the borrow owns nothing.
    look(unsafe { WIRE.get().as_ref() }.filter(|wire| wire.is_ours()))
}

/// True while this response has a wire.
pub(super) fn exists() -> bool {
    with(|wire| wire.is_some())
}

/// Keeps the keeper away from the wire of this response, while the script is inside the server.
pub(super) fn pause() {
    with(|wire| {
        if let Some(wire) = wire {
            wire.pause();
        }
    });
}

/// Runs what the keeper must not disturb inside the server. It must not bail out: the wire would stay paused.
pub(super) fn paused<R>(action: impl FnOnce() -> R) -> R {
    pause();
    let result = action();
    resume();
    result
}

/// Lets the keeper write again.
pub(super) fn resume() {
    with(|wire| {
        if let Some(wire) = wire {
            wire.resume();
        }
    });
}

/// Returns the end of the response so far.
pub(super) fn tail() -> Tail {
    with(|wire| wire.map_or_else(written::tail, Wire::tail))
}
