//! The engine itself: callables, unwinding, the frame that called us.

use std::ffi::CStr;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::throw_object;
use ext_php_rs::ffi::{
    ZEND_ACC_STRICT_TYPES, ext_php_rs_executor_globals, zend_execute_data, zend_read_property,
};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecutorGlobals, bailout, try_catch};

use super::ffi;
use super::native::Native;
use crate::stream::Interrupted;

/// Runs `action`, and turns a bailout into an error, so that owners outside of it are dropped.
/// What `action` itself owns leaks then, until the request's memory is freed.
///
/// # Errors
///
/// [`Interrupted`], which must reach [`unwind`] once nothing is owned any more.
pub(crate) fn guarded<R>(action: impl FnOnce() -> R) -> Result<R, Interrupted> {
    try_catch(AssertUnwindSafe(action)).map_err(|_| Interrupted)
}

/// Goes on with a bailout that was caught. The caller, and its callers up to the entry point, own
/// nothing that must be dropped.
pub(crate) fn unwind(_: Interrupted) -> ! {
    // SAFETY: the engine is in a request, below the `zend_try` that every entry point is wrapped in.
    unsafe { bailout() }
}

/// Ends the script as `exit()` does, once the current function returns: neither `catch` nor
/// `finally` blocks stop it, destructors and shutdown functions run.
pub(crate) fn exit_script() {
    // SAFETY: sets the pending exception; called inside a function that the script called.
    unsafe { ffi::zend_throw_unwind_exit() };
}

static FROM_CALLABLE: Native = Native::method("Closure", "fromcallable");

/// A closure of a callable: what can be called where the script stands may be private elsewhere.
///
/// # Errors
///
/// [`Interrupted`] as [`guarded`]. An exception stays pending.
pub(crate) fn closure(callable: &Zval) -> Result<Zval, Interrupted> {
    let closure = FROM_CALLABLE.call([callable.shallow_clone()])?;
    Ok(closure.unwrap_or_else(|| callable.shallow_clone()))
}

/// An exception that was taken off the engine, to be thrown again later.
#[derive(Debug)]
pub(crate) struct Caught(ZBox<ZendObject>);

impl Caught {
    /// Takes the pending exception, so that PHP code can run before it surfaces. An exit is left
    /// where it is: taking it would let the script go on.
    pub(crate) fn take() -> Option<Self> {
        if is_exit_pending() {
            return None;
        }
        ExecutorGlobals::take_exception().map(Self)
    }

    /// Keeps another exception that came after it, as the last of its previous ones.
    pub(crate) fn followed_by(mut self, later: Self) -> Self {
        // SAFETY: both are exceptions; the second one's reference is handed over.
        unsafe { ffi::zend_exception_set_previous(&raw mut *self.0, later.0.into_raw()) };
        self
    }

    /// Throws it again, unless another is pending by now: that one wins.
    pub(crate) fn rethrow(self) {
        if is_unwinding() {
            return;
        }
        if let Ok(exception) = self.0.into_zval(false) {
            // An object that was an exception before is one that can be thrown.
            let _ = throw_object(exception);
        }
    }
}

/// Runs `action`, which ends objects, while what is on its way up waits. A generator's end looks at the
/// frame that threw, which the engine takes for one of the script's: ours has no opcodes.
///
/// # Errors
///
/// [`Interrupted`] as [`guarded`].
pub(crate) fn without_exception<R>(action: impl FnOnce() -> R) -> Result<R, Interrupted> {
    if !is_unwinding() {
        return guarded(action);
    }
    let is_exit = is_exit_pending();
    let waiting = ExecutorGlobals::take_exception();
    let result = guarded(action);
    let later = ExecutorGlobals::take_exception().map(Caught);
    let waiting = waiting.map(Caught).map(|waiting| match later {
        Some(later) if !is_exit => waiting.followed_by(later),
        _ => waiting,
    });
    if let Some(waiting) = waiting {
        // Not thrown again: it is on its way from where it was thrown.
        ExecutorGlobals::get_mut().exception = waiting.0.into_raw();
    }
    result
}

/// Whether what is pending is an exit, which is no exception to the script.
fn is_exit_pending() -> bool {
    let class = ExecutorGlobals::pending_exception_class();
    class.is_some_and(|class| class == "UnwindExit" || class == "GracefulExit")
}

/// Forgets a pending exit. For the end of a request, where there is nothing left to leave.
pub(crate) fn discard_exit() {
    // Dropped here: an exit has no destructor of anybody's.
    let _ = ExecutorGlobals::take_exception();
}

/// Whether an exception, or an exit, is on its way up.
pub(crate) fn is_unwinding() -> bool {
    // SAFETY: the globals of this thread.
    !unsafe { (*executor_globals()).exception }.is_null()
}

/// The executor globals of this thread. `ExecutorGlobals` has a lock on them, which is felt at every event.
fn executor_globals() -> *mut ExecutorGlobals {
    // SAFETY: only returns an address, which is valid for as long as the thread lives.
    unsafe { ext_php_rs_executor_globals() }
}

/// The frame of the function that is running; null outside of scripts.
pub(super) fn running_frame() -> *mut zend_execute_data {
    // SAFETY: the globals of this thread.
    unsafe { (*executor_globals()).current_execute_data }
}

/// Makes a frame the running one again.
pub(super) fn set_running_frame(frame: *mut zend_execute_data) {
    // SAFETY: the globals of this thread; nobody refers to the field.
    unsafe { (*executor_globals()).current_execute_data = frame };
}

/// The flag that makes the engine call its interrupt function before the next opcode.
pub(super) fn interrupt_flag() -> &'static AtomicBool {
    let flag = (&raw const ExecutorGlobals::get().vm_interrupt).cast::<AtomicBool>();
    // SAFETY: `vm_interrupt` is one atomic byte (`zend_atomic_bool`), and the globals live as long as the
    // thread, which outlives its wires.
    unsafe { &*flag }
}

/// Whether the engine wants to run something before the script goes on: a signal handler, a timeout.
pub(super) fn has_something_to_run() -> bool {
    interrupt_flag().load(Ordering::Relaxed)
}

/// Whether the code that called the running function declares `strict_types`.
pub(crate) fn caller_is_strict() -> bool {
    let running = ExecutorGlobals::get().current_execute_data;
    // SAFETY: null, or the running frame, which outlives this call.
    let Some(running) = (unsafe { running.as_ref() }) else { return false };
    // SAFETY: null, or the frame that called it, which outlives it.
    let Some(caller) = (unsafe { running.prev_execute_data.as_ref() }) else { return false };
    // SAFETY: null, or the function that frame runs.
    let Some(function) = (unsafe { caller.func.as_ref() }) else { return false };
    // SAFETY: `common` is the prefix that every kind of function shares.
    let flags = unsafe { function.common.fn_flags };
    flags & ZEND_ACC_STRICT_TYPES != 0
}

/// The object whose method is running; for constructors, whose Rust part is not there yet.
pub(crate) fn running_object() -> Option<&'static mut ZendObject> {
    let running = ExecutorGlobals::get().current_execute_data;
    // SAFETY: null, or the running frame, which outlives the native method that asks.
    let running = unsafe { running.as_mut() }?;
    running.This.object_mut()
}

/// Reads a property of an object; undefined ones read as null. `ZendObject::get_property` asks for
/// the property to write to it, which read-only ones refuse.
pub(crate) fn property(object: &ZendObject, name: &str) -> Zval {
    let scope = std::ptr::from_ref(object.get_class_entry()).cast_mut();
    let object = std::ptr::from_ref(object).cast_mut();
    let mut computed = Zval::new();
    // SAFETY: the class is the object's own and the name is `len` readable bytes. The answer is null,
    // a slot of the object, or `computed`.
    let value = unsafe {
        zend_read_property(scope, object, name.as_ptr().cast(), name.len(), true, &raw mut computed)
    };
    // SAFETY: it is copied before anything can change it.
    unsafe { value.as_ref() }.map_or(Zval::null(), |value| value.dereference().shallow_clone())
}

/// Sets a declared property of an object, as its class may: read-only ones once.
pub(crate) fn set_property(
    object: &mut ZendObject,
    class: &ClassEntry,
    name: &str,
    mut value: Zval,
) {
    let scope = std::ptr::from_ref(class).cast_mut();
    // SAFETY: the class is the object's own, the name is `len` readable bytes, and the value is
    // copied. A failing write throws, and does not bail out.
    unsafe {
        ffi::zend_update_property(scope, object, name.as_ptr().cast(), name.len(), &raw mut value);
    }
}

/// The file and line that are being executed.
pub(crate) fn here() -> (String, u32) {
    // SAFETY: a static string, or that of the running op array.
    let file = unsafe { ffi::zend_get_executed_filename() };
    // SAFETY: reads the running op line.
    let line = unsafe { ffi::zend_get_executed_lineno() };
    (c_string(file), line)
}

/// The text behind a C string; "" for null.
pub(super) fn c_string(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the engine's strings end with a NUL; the text is copied at once.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// The class of `RuntimeException`.
pub(crate) fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: set when the SPL module starts up, which is before any extension's turn, and never
    // changed after.
    unsafe { &*ffi::spl_ce_RuntimeException }
}
