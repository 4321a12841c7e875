//! Catches bailouts, the engine's `longjmp` past everything, and goes on with them when nothing is owned.
//!
//! One comes at a fatal error, a time limit, a client that is gone.
//!
//! PHP also bails out when it ends the script of a client that is gone.
//!
//! The invariant: a bailout that was caught resumes once nothing is owned any more. Until then no code of the
//! script's runs: [`guarded`] refuses, and values are left to the engine, which frees the memory of the request
//! anyway.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use ext_php_rs::zend::{bailout, try_catch};

use crate::stream::Bailout;

thread_local! {
    /// True once a bailout was caught that has to go on.
    static DUE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `action`, and turns a bailout into an error, so that owners outside of `action` are dropped. What `action`
/// itself owns leaks, until the request's memory is freed.
///
/// # Errors
///
/// [`Bailout`], also if an earlier bailout has not been resumed yet; it is when the method returns.
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

/// True if a bailout was caught that has to go on.
#[inline]
pub(crate) fn is_due() -> bool {
    DUE.get()
}

/// Runs `action` even while a bailout waits to be resumed: for the last bytes of a stream.
pub(crate) fn in_any_case<R>(action: impl FnOnce() -> R) -> R {
    let was_due = DUE.replace(false);
    let result = action();
    DUE.set(was_due || is_due());
    result
}

/// Resumes the bailout that was caught. The caller, and its callers up to the entry point, must own nothing that has
/// to be dropped.
#[cold]
pub(crate) fn unwind() -> ! {
    DUE.set(false);
    // SAFETY: a bailout was caught in this request, so that it runs below a `zend_try` of the engine's, to which this
    // leaves; no frame in between owns anything, as the caller vouches.
    unsafe { bailout() }
}

/// Drops the bailout that was caught. For the beginning and the end of a request, where there is nothing left to
/// unwind.
pub(crate) fn forget() {
    DUE.set(false);
}
