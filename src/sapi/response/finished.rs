//! Whether this response is over while its script goes on: what it writes then has to go nowhere, and where the
//! server does not see to that, it is seen to here.

use std::cell::Cell;

use crate::sapi::sys::process;

thread_local! {
    static IS_FINISHED: Cell<bool> = const { Cell::new(false) };
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    IS_FINISHED.set(false);
}

/// Notes that the server has ended the response, and must not be asked to write to it any more.
pub(crate) fn note() {
    IS_FINISHED.set(true);
}

/// True if it is over.
pub(crate) fn is_so() -> bool {
    IS_FINISHED.get()
}

/// True if what is written goes nowhere: it is over, or another process has its connection.
pub(crate) fn goes_nowhere() -> bool {
    is_so() || process::is_cut_off()
}
