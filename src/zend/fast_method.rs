//! A faster handler for a method that is called very often, such as once for every event.
//!
//! The handler that ext-php-rs generates saves registers against a bailout and collects arguments, a cost that every
//! event would bear.
//!
//! **Invariant**: only a call with one argument, a string, takes the fast handler; all others take the generated one,
//! and both have the same effect.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::exception::{PhpException, PhpResult};
use ext_php_rs::ffi::{IS_FALSE, IS_TRUE, zend_execute_data};
use ext_php_rs::types::{ZendClassObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use once_cell::sync::OnceCell;

use super::class::native_pointer;
use super::ffi::Handler;

/// The generated handler.
static GENERATED: OnceCell<Handler> = OnceCell::new();

/// A class one of whose methods has a fast handler. There is one such class.
pub(crate) trait FastMethod: RegisteredClass {
    /// The method's name, in lower case.
    const METHOD: &'static str;

    /// Runs the method on its only argument, a string. When it bails out, nothing is owned.
    ///
    /// # Errors
    ///
    /// The exception to throw.
    fn call(&self, argument: &[u8]) -> PhpResult<bool>;
}

/// Installs the fast handler. Called at module start-up, when the class is registered.
pub(crate) fn install<T: FastMethod>(class: &ClassEntry) {
    replace(class, T::METHOD, handler::<T>, &GENERATED);
}

/// Replaces a method's generated handler. Called at module start-up.
pub(crate) fn replace(
    class: &ClassEntry,
    method: &str,
    handler: Handler,
    generated: &OnceCell<Handler>,
) {
    let method = class.function_table.get(method).and_then(native_pointer);
    // SAFETY: a method of a native class is native; at start-up, on one thread, nobody calls it or refers to it yet.
    let method = method.map(|method| unsafe { &mut *method });
    let Some(method) = method else { return };
    if let Some(original) = method.handler {
        generated.get_or_init(|| original);
        method.handler = Some(handler);
    }
}

/// # Safety
///
/// As any handler's: `call` is the running call, `answer` is where the engine wants its result.
unsafe extern "C" fn handler<T: FastMethod>(call: *mut zend_execute_data, answer: *mut Zval) {
    // SAFETY: the engine's running call, which outlives this frame; it is only read here.
    let running = unsafe { &*call };
    if let (Some(text), Some(object)) = (only_string(running), object::<T>(running)) {
        // SAFETY: where the engine wants the result: valid, and referred to by nobody else. `reply` may bail out:
        // nothing is owned here.
        reply(object, text, unsafe { &mut *answer });
    } else if let Some(generated) = GENERATED.get() {
        // SAFETY: the method's own handler, with the call and the answer as they came. It may bail out: this frame
        // owns nothing.
        unsafe { generated(call, answer) };
    }
}

fn reply<T: FastMethod>(object: &T, text: &[u8], answer: &mut Zval) {
    // A panic must not reach the engine; a bailout may, past all this.
    let result = catch_unwind(AssertUnwindSafe(|| object.call(text)));
    match result.unwrap_or_else(|_| Err(PhpException::from_message("Rust panic".into()))) {
        // `ZVAL_BOOL`: the slot holds nothing yet that would have to be freed.
        Ok(value) => answer.u1.type_info = if value { IS_TRUE } else { IS_FALSE },
        // It fails only if another exception is pending, which ends the call as well.
        Err(exception) => exception.throw(),
    }
}

fn only_string(call: &zend_execute_data) -> Option<&[u8]> {
    // SAFETY: in a call, `This.u2` holds the number of arguments; all that stands there is a number.
    if unsafe { call.This.u2.num_args } != 1 {
        return None;
    }
    // SAFETY: there is an argument of that number, as was just asked, and it stays until the call is over.
    let argument: &Zval = unsafe { call.zend_call_arg(0) }?;
    argument.zend_str().map(ZendStr::as_bytes)
}

fn object<T: FastMethod>(call: &zend_execute_data) -> Option<&T> {
    call.This.object().and_then(ZendClassObject::<T>::from_zend_obj).map(|object| &**object)
}
