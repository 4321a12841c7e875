//! Remembers how a response without a wire ends so far, what is not flushed, and who has written.

use std::cell::Cell;

use crate::stream::Tail;

thread_local! {
    /// The end of the response so far.
    static TAIL: Cell<Tail> = const { Cell::new(Tail::START) };
    /// True while something is written that is not flushed.
    static UNFLUSHED: Cell<bool> = const { Cell::new(false) };
    /// True once others than a stream of ours have written.
    static ECHOED: Cell<bool> = const { Cell::new(false) };
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    TAIL.set(Tail::START);
    UNFLUSHED.set(false);
    ECHOED.set(false);
}

/// Returns the end of the response so far.
pub(crate) fn tail() -> Tail {
    TAIL.get()
}

/// Notes the end of the response.
pub(crate) fn set_tail(tail: Tail) {
    TAIL.set(tail);
}

/// True while something is written that is not flushed.
pub(crate) fn has_unflushed() -> bool {
    UNFLUSHED.get()
}

/// Notes that something is written.
pub(crate) fn note_unflushed() {
    UNFLUSHED.set(true);
}

/// Notes that all is flushed.
pub(crate) fn note_flushed() {
    UNFLUSHED.set(false);
}

/// True once others than a stream of ours have written.
pub(crate) fn was_echoed_to() -> bool {
    ECHOED.get()
}

/// Notes that somebody else writes.
pub(crate) fn note_echo() {
    ECHOED.set(true);
}

/// Runs a write of a stream's that comes by the way that others' take.
pub(crate) fn not_as_echo(write: impl FnOnce()) {
    let before = ECHOED.get();
    write();
    ECHOED.set(before);
}
