//! Calls the engine: exits, output, interrupts, properties, the frames on the stack.

use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use ext_php_rs::ffi::{
    ZEND_INTERNAL_FUNCTION, php_output_write, zend_execute_data, zend_function,
    zend_interrupt_function, zend_read_property,
};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

pub(crate) use super::bailout::guarded;
use super::owned::discard_pending;
pub(crate) use super::owned::{Caught, Owned, is_unwinding, without_exception};
use super::{bailout, ffi, globals};
use crate::stream::Bailout;

/// Ends the script as `exit()` does, once the current function returns: neither `catch` nor
/// `finally` blocks stop it, destructors and shutdown functions run.
pub(crate) fn exit_script() {
    // What is pending ends the function as well, and must not be lost.
    if !is_unwinding() {
        // SAFETY: nothing is pending, and a function runs that the script has called: callers are native methods.
        // Where there is no memory it bails out: this frame owns nothing.
        unsafe { ffi::zend_throw_unwind_exit() };
    }
}

/// Discards an exit, an exception or a bailout that is still pending. For the beginning and the end of a request,
/// where there is nothing left to unwind.
pub(crate) fn forget_failure() {
    bailout::forget();
    discard_pending();
    // The values that were freed may have bailed out in turn.
    bailout::forget();
}

/// Writes through PHP's output buffers. May run output callbacks, and may bail out.
pub(crate) fn layer_write(bytes: &[u8]) {
    // SAFETY: the pointer and length are those of a slice that outlives the call. It may bail out: this frame owns
    // nothing, and callers that do guard it.
    unsafe { php_output_write(bytes.as_ptr().cast(), bytes.len()) };
}

/// Returns the frame of the function that is running; null outside of scripts.
pub(crate) fn running_frame() -> *mut zend_execute_data {
    globals::executor(|executor| executor.current_execute_data)
}

/// Makes `frame` the running one again.
pub(crate) fn set_running_frame(frame: *mut zend_execute_data) {
    globals::executor(|executor| executor.current_execute_data = frame);
}

/// Returns the flag that makes the engine call its interrupt function before the next opcode.
pub(crate) fn interrupt_flag() -> &'static AtomicBool {
    let flag = globals::executor(|executor| &raw const executor.vm_interrupt).cast::<AtomicBool>();
    // SAFETY: `vm_interrupt` is one atomic byte (`zend_atomic_bool`), which other threads may set, and the globals
    // live as long as the thread, which outlives its wires: the keeper lets go of each before its request is over.
    unsafe { &*flag }
}

/// True if the engine has to run something before the script goes on: a signal handler, a timeout.
pub(crate) fn has_something_to_run() -> bool {
    interrupt_flag().load(Ordering::Relaxed)
}

/// Runs whatever the engine has to run before the script goes on, as it would itself between two opcodes: signal
/// handlers, the end of a time limit. For our loops, which keep the script from its next opcode.
///
/// # Errors
///
/// [`Bailout`]. An exception of a handler is pending.
pub(crate) fn run_interrupts() -> Result<(), Bailout> {
    if !has_something_to_run() {
        return Ok(());
    }
    interrupt_flag().store(false, Ordering::Relaxed);
    let running = running_frame();
    // SAFETY: modules set it at start-up only; it is copied.
    let function = unsafe { zend_interrupt_function };
    guarded(|| {
        if is_timed_out() {
            // SAFETY: a request is active, and its time is up. It bails out, into the guard: this closure owns
            // nothing.
            unsafe { ffi::zend_timeout() };
        }
        if let Some(function) = function {
            // SAFETY: called as the engine does, with the running frame. It may bail out, into the guard: this
            // closure owns nothing.
            unsafe { function(running) };
        }
    })
}

/// True if the script's time limit has passed.
fn is_timed_out() -> bool {
    let flag = globals::executor(|executor| &raw const executor.timed_out).cast::<AtomicBool>();
    // SAFETY: one atomic byte, as `vm_interrupt`, in the globals of this thread.
    unsafe { &*flag }.load(Ordering::Relaxed)
}

/// Native functions that return as soon as a function that they called has exited, by class and name; "" as the name
/// is every method, "" as the class is none.
const PASS_ON: [(&str, &str); 8] = [
    ("Sse", ""),
    ("Closure", ""),
    ("Fiber", ""),
    ("Generator", ""),
    ("ReflectionFunction", ""),
    ("ReflectionMethod", ""),
    ("", "call_user_func"),
    ("", "call_user_func_array"),
];

/// True if native code, through any number of callbacks, has called the method that is running: such code may ignore
/// an exit.
pub(crate) fn is_below_native_code() -> bool {
    let running = running_frame();
    // SAFETY: null, or the running frame, which outlives this call; it is only read, and nothing is called.
    let mut caller = unsafe { running.as_ref() }.map_or(ptr::null_mut(), |it| it.prev_execute_data);
    // SAFETY: null, or a frame that is below the running one, and outlives it.
    while let Some(frame) = unsafe { caller.as_ref() } {
        // SAFETY: null, or the function that frame runs, which lives as long.
        if unsafe { frame.func.as_ref() }.is_some_and(|function| !passes_exits_on(function)) {
            return true;
        }
        caller = frame.prev_execute_data;
    }
    false
}

fn passes_exits_on(function: &zend_function) -> bool {
    // SAFETY: every kind of function begins with its type, so that each has set it.
    if u32::from(unsafe { function.type_ }) != ZEND_INTERNAL_FUNCTION {
        return true;
    }
    // SAFETY: `common` is the prefix that every kind of function shares; it is plain data, which is copied.
    let common = unsafe { function.common };
    // SAFETY: null, or the class of the method, which lives as long as the method.
    let class = unsafe { common.scope.as_ref() }.and_then(ClassEntry::name).unwrap_or_default();
    // SAFETY: null, or the function's name, which lives as long as the function.
    let name = unsafe { common.function_name.as_ref() };
    let name = name.and_then(|name| name.as_str().ok()).unwrap_or_default();
    PASS_ON.iter().any(|(of, called)| *of == class && (called.is_empty() || *called == name))
}

/// Calls a function with the object whose method is running. For constructors, whose Rust part does not exist yet.
pub(crate) fn with_running_object(act: impl FnOnce(&mut ZendObject)) {
    // SAFETY: null, or the frame of the native method that calls this, which ends after it. It is only read.
    let running = unsafe { running_frame().as_ref() };
    let Some(running) = running.filter(|running| running.This.is_object()) else { return };
    // SAFETY: an object, as was just asked.
    let object = unsafe { running.This.value.obj };
    // SAFETY: the frame keeps it alive, and nobody else in Rust refers to it while its constructor runs. When `act`
    // bails out nothing is left behind: this frame owns nothing.
    act(unsafe { &mut *object });
}

/// Reads a property of an object; undefined ones read as null. `ZendObject::get_property` asks for
/// the property to write to it, which read-only ones refuse. A property of a script's class may have code that bails
/// out.
pub(crate) fn property(object: &ZendObject, name: &str) -> Owned {
    let scope = ptr::from_ref(object.get_class_entry()).cast_mut();
    let object = ptr::from_ref(object).cast_mut();
    let mut computed = Zval::new();
    // SAFETY: the class is the object's own, the name is `len` readable bytes, and `computed` holds nothing. The
    // answer is null, a slot of the object, or `computed`. Where code of a script's runs in it, it may bail out: this
    // frame owns nothing yet, and callers guard the reading of such classes.
    let value = unsafe {
        zend_read_property(scope, object, name.as_ptr().cast(), name.len(), true, &raw mut computed)
    };
    // SAFETY: null, or a value that stays until the engine is called again; it is copied before.
    let value = unsafe { value.as_ref() };
    value.map_or(Zval::null(), |value| value.dereference().shallow_clone()).into()
}

/// Sets a declared property of an object with the rights of its class: a read-only one once.
pub(crate) fn set_property(object: &mut ZendObject, class: &ClassEntry, name: &str, value: &Owned) {
    let scope = ptr::from_ref(class).cast_mut();
    let value = ptr::from_ref::<Zval>(value).cast_mut();
    // SAFETY: the class is the object's own, the name is `len` readable bytes, and the value is only read. A write
    // that is refused throws. Where there is no memory for the name it bails out: this frame owns nothing, and the
    // values of callers go with the request's memory.
    unsafe {
        ffi::zend_update_property(scope, object, name.as_ptr().cast(), name.len(), value);
    }
}

/// Returns the file and line that are being executed.
pub(crate) fn here() -> (String, u32) {
    // SAFETY: returns a constant, or the string of the running op array, which ends with a NUL; it is copied at once.
    let file = unsafe { ffi::zend_get_executed_filename() };
    // SAFETY: only reads the running op line.
    let line = unsafe { ffi::zend_get_executed_lineno() };
    (c_string(file), line)
}

/// Copies a C string; "" for null.
pub(crate) fn c_string(text: *const std::ffi::c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: not null. Callers pass strings of the engine, the system's loader or httpd, which end with a NUL and
    // stay until the next call of theirs; the text is copied at once.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// Returns the class `RuntimeException`.
pub(crate) fn runtime_exception() -> &'static ClassEntry {
    // SAFETY: set when the SPL module starts up, which every PHP has and starts before any extension, and never
    // changed after. A native class lives as long as the process.
    unsafe { &*ffi::spl_ce_RuntimeException }
}
