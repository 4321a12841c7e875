//! The `Sse` object of the request that this thread serves.

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::time::Instant;

use crate::sapi::Server;
use crate::sapi::response::ownership;
use crate::zend::engine::{self, Owned};

thread_local! {
    /// The `Sse` object of this request. Emptied before the engine ends the request; if the process exits in the
    /// middle of one, it leaks, because the engine's memory is gone by then.
    static CURRENT: ManuallyDrop<RefCell<Option<Owned>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

thread_local! {
    /// True if the request is ending: a stream that is opened now would outlive it.
    static ENDING: Cell<bool> = const { Cell::new(false) };
    /// The time when the request began.
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
    /// The file and line where `Sse::stop()` has answered this request.
    static STOPPED_AT: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// Returns the time when the request began; `None` on the command line, where a script may run for days.
pub(super) fn began(server: Server) -> Option<Instant> {
    BEGAN.get().filter(|_| server.has_response())
}

/// Notes where `Sse::stop()` has answered this request.
pub(super) fn note_stop(here: (String, u32)) {
    STOPPED_AT.replace(Some(here));
}

/// Returns where `Sse::stop()` has answered this request.
pub(super) fn stopped_at() -> Option<(String, u32)> {
    STOPPED_AT.with_borrow(Clone::clone)
}

/// The `Sse` object of this request.
pub(super) fn get() -> Option<Owned> {
    CURRENT.with(|current| current.borrow().as_ref().map(|object| Owned::shared(object)))
}

/// Makes this the `Sse` object of this request.
pub(super) fn set(object: Owned) {
    // The old one is dropped after the borrow: its destruction may run PHP code.
    drop(CURRENT.with(|current| current.replace(Some(object))));
}

/// True if the request is ending, so that no stream can be opened any more.
pub(super) fn is_ending() -> bool {
    ENDING.get()
}

/// Begins a request: removes everything that is left of another.
pub(super) fn begin_request() {
    ENDING.set(false);
    BEGAN.set(Some(Instant::now()));
    STOPPED_AT.take();
    engine::forget_failure();
    // The engine has freed the memory of the last request, even after a failure.
    std::mem::forget(CURRENT.with(|current| current.take()));
}

/// Notes that the request is ending.
pub(super) fn note_ending() {
    ENDING.set(true);
}

/// Drops the `Sse` object of this request.
pub(super) fn clear() {
    drop(CURRENT.with(|current| current.take()));
}

/// True if somebody else holds the `Sse` object of this request.
pub(super) fn is_held() -> bool {
    let is_held = |object: &Owned| object.object().is_some_and(ownership::is_held);
    CURRENT.with(|current| current.borrow().as_ref().is_some_and(is_held))
}
