//! PHP values that this extension owns, and lets go of without a throw past their owner.
//!
//! The invariant: dropping a value never throws past its owner. It may run code of the script's: destructors,
//! `finally` blocks of generators and fibers, `stream_close()` of wrappers, and the same of whatever the cycle
//! collector finds just then. A bailout in there resumes when the method returns; an exception stays pending.

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

/// A PHP value that this extension owns.
#[derive(Debug)]
pub(crate) struct Owned(ManuallyDrop<Zval>);

impl Owned {
    /// Takes a share of a value that somebody else owns, too.
    pub(crate) fn shared(value: &Zval) -> Self {
        value.shallow_clone().into()
    }

    /// Drops the value.
    ///
    /// # Errors
    ///
    /// [`Bailout`] when that has bailed out. An exception that it throws is pending.
    pub(crate) fn release(self) -> Result<(), Bailout> {
        drop(self);
        if is_due() { Err(Bailout) } else { Ok(()) }
    }

    /// Gives the value to the engine.
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
            // A bailout is noted, and resumes when the method returns.
            let _ = without_exception(|| drop(ManuallyDrop::into_inner(value)));
        }
    }
}

/// An exception that was taken from the engine, to be thrown again later.
#[derive(Debug)]
pub(crate) struct Caught(Owned);

impl Caught {
    /// Takes the pending exception, so that PHP code can run before it is thrown on. Does not take an exit: without
    /// it, the script would go on.
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

    /// Appends a later exception as the last of its previous ones.
    pub(crate) fn followed_by(self, later: Self) -> Self {
        let own = self.0.object().map_or(ptr::null_mut(), |own| ptr::from_ref(own).cast_mut());
        let later = later.into_raw();
        // The engine frees one that is among the previous ones already.
        let _ = guarded(|| {
            // SAFETY: null, or exceptions; the second one's reference is handed over, ours of the first stays. What
            // it lets go of may bail out, into the guard: this closure owns nothing.
            unsafe { ffi::zend_exception_set_previous(own, later) };
        });
        self
    }

    /// Throws it again, unless another is pending by now: that one wins.
    pub(crate) fn rethrow(self) {
        if !is_unwinding() {
            // It was thrown before, so it can be thrown.
            let _ = throw_object(self.0.give());
        }
    }
}

/// Runs `action`, which frees objects, while the pending exception is set aside. A generator that is freed looks at
/// the frame that threw, and takes it for one of the script's; ours has no opcodes.
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
        // It is not thrown again, as it is already on its way.
        globals::executor(|executor| executor.exception = waiting);
    }
    result
}

/// True if an exit is pending, which is no exception to the script.
fn is_exit_pending() -> bool {
    let class = ExecutorGlobals::pending_exception_class();
    class.is_some_and(|class| class == "UnwindExit" || class == "GracefulExit")
}

/// Discards the pending exception. For the end of a request, where there is nothing left to unwind.
pub(crate) fn discard_pending() {
    drop(Caught::take_any());
}

/// True if an exception, or an exit, is pending.
pub(crate) fn is_unwinding() -> bool {
    !globals::executor(|executor| executor.exception).is_null()
}
