//! PHP values that this extension owns.
//!
//! The invariant: letting go of one never throws past its owner. A value's end may run code of the
//! script's: destructors, `finally` blocks of generators and fibers, `stream_close()` of wrappers, the
//! same of anything else that the cycle collector finds just then. What bails out of it goes on when the
//! method answers; what it throws is pending.

use std::mem::{self, ManuallyDrop};
use std::ops::{Deref, DerefMut};
use std::ptr;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::throw_object;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ExecutorGlobals;

use super::bailout::{guarded, is_due};
use super::{ffi, globals};
use crate::stream::Bailout;

/// A value that is owned.
#[derive(Debug)]
pub(crate) struct Owned(ManuallyDrop<Zval>);

impl Owned {
    /// A value that somebody else owns, too.
    pub(crate) fn shared(value: &Zval) -> Self {
        value.shallow_clone().into()
    }

    /// Lets go of it.
    ///
    /// # Errors
    ///
    /// [`Bailout`] when that has bailed out. What it throws is pending.
    pub(crate) fn release(self) -> Result<(), Bailout> {
        drop(self);
        if is_due() { Err(Bailout) } else { Ok(()) }
    }

    /// Gives it to the engine.
    pub(crate) fn give(mut self) -> Zval {
        mem::replace(&mut *self.0, Zval::new())
    }
}

impl Default for Owned {
    fn default() -> Self {
        Zval::null().into()
    }
}

impl From<Zval> for Owned {
    fn from(value: Zval) -> Self {
        Self(ManuallyDrop::new(value))
    }
}

impl Deref for Owned {
    type Target = Zval;

    fn deref(&self) -> &Zval {
        &self.0
    }
}

impl DerefMut for Owned {
    fn deref_mut(&mut self) -> &mut Zval {
        &mut self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let value = mem::replace(&mut *self.0, Zval::new());
        if value.is_string() || value.is_scalar() || value.is_null() {
            return;
        }
        let value = ManuallyDrop::new(value);
        if !is_due() {
            // What bails out is noted, and goes on when the method answers.
            let _ = without_exception(|| drop(ManuallyDrop::into_inner(value)));
        }
    }
}

/// An exception that was taken off the engine, to be thrown again later.
#[derive(Debug)]
pub(crate) struct Caught(Owned);

impl Caught {
    /// Takes the pending exception, so that PHP code can run before it surfaces. An exit is left
    /// where it is: taking it would let the script go on.
    pub(crate) fn take() -> Option<Self> {
        if is_exit_pending() {
            return None;
        }
        Self::take_any()
    }

    fn take_any() -> Option<Self> {
        let exception = ExecutorGlobals::take_exception()?.into_zval(false);
        Some(Self(exception.unwrap_or_default().into()))
    }

    /// Gives its reference away.
    fn into_raw(self) -> *mut ZendObject {
        let value = ManuallyDrop::new(self.0.give());
        value.object().map_or(ptr::null_mut(), |object| ptr::from_ref(object).cast_mut())
    }

    /// Keeps another exception that came after it, as the last of its previous ones.
    pub(crate) fn followed_by(self, later: Self) -> Self {
        let own = self.0.object().map_or(ptr::null_mut(), |own| ptr::from_ref(own).cast_mut());
        let later = later.into_raw();
        // It lets go of one that is among the previous ones already.
        let _ = guarded(|| {
            // SAFETY: both are exceptions; the second one's reference is handed over.
            unsafe { ffi::zend_exception_set_previous(own, later) };
        });
        self
    }

    /// Throws it again, unless another is pending by now: that one wins.
    pub(crate) fn rethrow(self) {
        if !is_unwinding() {
            // An object that was an exception before is one that can be thrown.
            let _ = throw_object(self.0.give());
        }
    }
}

/// Runs `action`, which ends objects, while what is on its way up waits. A generator's end looks at the
/// frame that threw, which the engine takes for one of the script's: ours has no opcodes.
///
/// # Errors
///
/// [`Bailout`] as [`guarded`].
pub(crate) fn without_exception<R>(action: impl FnOnce() -> R) -> Result<R, Bailout> {
    if !is_unwinding() {
        return guarded(action);
    }
    let is_exit = is_exit_pending();
    let waiting = Caught::take_any();
    let result = guarded(action);
    let later = Caught::take_any();
    let waiting = waiting.map(|waiting| match later {
        Some(later) if !is_exit => waiting.followed_by(later),
        _ => waiting,
    });
    if let Some(waiting) = waiting.map(Caught::into_raw) {
        // Not thrown again: it is on its way from where it was thrown.
        globals::executor(|executor| executor.exception = waiting);
    }
    result
}

/// Whether what is pending is an exit, which is no exception to the script.
fn is_exit_pending() -> bool {
    let class = ExecutorGlobals::pending_exception_class();
    class.is_some_and(|class| class == "UnwindExit" || class == "GracefulExit")
}

/// Forgets what is pending. For the end of a request, where there is nothing left to leave.
pub(crate) fn discard_pending() {
    drop(Caught::take_any());
}

/// Whether an exception, or an exit, is on its way up.
pub(crate) fn is_unwinding() -> bool {
    !globals::executor(|executor| executor.exception).is_null()
}
