//! Bailouts: the engine's `longjmp` past everything, at a fatal error, a time limit, a client that is gone.
//!
//! The invariant: one that was caught goes on, once nothing is owned any more. Until then no code of the
//! script's runs: [`guarded`] refuses, and values are left to the engine, which frees the memory of the
//! request anyway.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use ext_php_rs::zend::{bailout, try_catch};

use crate::stream::Bailout;

thread_local! {
    /// Whether a bailout was caught that has to go on.
    static DUE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `action`, and turns a bailout into an error, so that owners outside of it are dropped.
/// What `action` itself owns leaks then, until the request's memory is freed.
///
/// # Errors
///
/// [`Bailout`], also if an earlier bailout has not gone on yet; it does when the method answers.
pub(crate) fn guarded<R>(action: impl FnOnce() -> R) -> Result<R, Bailout> {
    if is_due() {
        std::mem::forget(action);
        return Err(Bailout);
    }
    try_catch(AssertUnwindSafe(action)).map_err(|_| {
        DUE.set(true);
        Bailout
    })
}

/// Whether a bailout was caught that has to go on.
#[inline]
pub(crate) fn is_due() -> bool {
    DUE.get()
}

/// Runs what has to be done also while a bailout waits to go on: the last words of a stream.
pub(crate) fn in_any_case<R>(action: impl FnOnce() -> R) -> R {
    let was_due = DUE.replace(false);
    let result = action();
    DUE.set(was_due || is_due());
    result
}

/// Goes on with the bailout that was caught. The caller, and its callers up to the entry point, own
/// nothing that must be dropped.
#[cold]
pub(crate) fn unwind() -> ! {
    DUE.set(false);
    // SAFETY: the engine is in a request, below the `zend_try` that every entry point is wrapped in.
    unsafe { bailout() }
}

/// Lets the bailout that was caught end here. For the beginning and the end of a request, where there is
/// nothing left that it could leave.
pub(crate) fn forget() {
    DUE.set(false);
}
