//! Walks PHP values, tells their classes apart, and asks the engine about callables.

use std::ptr;

use ext_php_rs::ffi::{
    ZEND_ACC_CALL_VIA_TRAMPOLINE, ZEND_ACC_VARIADIC, ZEND_INTERNAL_FUNCTION, zend_fcall_info_cache,
    zend_is_callable_ex,
};
use ext_php_rs::types::{ZendIterator, ZendObject, Zval};

use super::engine::{Owned, c_string, guarded, is_unwinding, run_interrupts};
use super::ffi;
use super::native::Native;
use super::owned::without_exception;
use crate::stream::Bailout;

static FROM_CALLABLE: Native = Native::method("closure", "fromcallable");

/// Makes a closure of a callable: a callable that the script may call may be private elsewhere.
///
/// # Errors
///
/// [`Bailout`] as [`guarded`]. An exception stays pending.
pub(crate) fn closure(callable: &Zval) -> Result<Owned, Bailout> {
    let closure = FROM_CALLABLE.call([callable.shallow_clone()])?;
    Ok(closure.unwrap_or_else(|| Owned::shared(callable)))
}

/// Calls `each` for every value of an array or a Traversable, until it returns `Ok(false)` or an error. It gets owned
/// values, as code that runs meanwhile may change the source.
///
/// An exception of the source ends the iteration and stays pending.
///
/// # Errors
///
/// The error of `each`, and [`Bailout`].
pub(crate) fn walk<E: From<Bailout>>(
    source: &Zval,
    mut each: impl FnMut(Owned) -> Result<bool, E>,
) -> Result<(), E> {
    let mut source = Owned::shared(source);
    if let Some(array) = source.array() {
        for (_, value) in array {
            if is_unwinding() || !each(Owned::shared(value.dereference()))? {
                break;
            }
            run_interrupts()?;
        }
        return Ok(());
    }
    let iterator = guarded(|| source.traversable().map(ptr::from_mut))?;
    let Some(iterator) = iterator else { return Ok(()) };
    let result = walk_iterator(iterator, &mut each);
    without_exception(|| {
        // SAFETY: the iterator is ours to release, exactly once. Its end may run `finally` blocks, and bail out, into
        // the guard of `without_exception`: this closure owns nothing.
        unsafe { ffi::zend_iterator_dtor(iterator) }
    })?;
    result
}

fn walk_iterator<E: From<Bailout>>(
    iterator: *mut ZendIterator,
    each: &mut impl FnMut(Owned) -> Result<bool, E>,
) -> Result<(), E> {
    let step = |advance: fn(&mut ZendIterator) -> bool| {
        guarded(|| {
            // SAFETY: the iterator lives until `walk` releases it, and no other reference to it is alive. What it
            // calls may bail out, into the guard: this closure owns nothing.
            let iterator = unsafe { &mut *iterator };
            if !advance(iterator) || !iterator.valid() {
                return None;
            }
            iterator.get_current_data().map(|value| Owned::shared(value.dereference()))
        })
    };
    let mut value = step(ZendIterator::rewind)?;
    while let Some(current) = value {
        if is_unwinding() || !each(current)? {
            return Ok(());
        }
        run_interrupts()?;
        value = step(ZendIterator::move_forward)?;
    }
    Ok(())
}

/// True if the object is of the class of that name or of a subclass. Loads nothing.
pub(crate) fn is_a(object: &ZendObject, class: &str) -> bool {
    let mut own = Some(object.get_class_entry());
    while let Some(entry) = own {
        if entry.name().is_some_and(|name| name.eq_ignore_ascii_case(class)) {
            return true;
        }
        own = entry.parent();
    }
    false
}

/// True if the object has a `__toString()`.
pub(crate) fn is_stringable(object: &ZendObject) -> bool {
    !object.get_class_entry().__tostring.is_null()
}

/// True if the object implements `JsonSerializable`.
pub(crate) fn is_json_serializable(object: &ZendObject) -> bool {
    // SAFETY: null, or set when the JSON module starts up, which is before any request, and never changed after. A
    // native class lives as long as the process.
    let interface = unsafe { ffi::php_json_serializable_ce.as_ref() };
    interface.is_some_and(|interface| object.instance_of(interface))
}

/// The result of checking a callable.
struct Looked {
    /// The engine's error, if it is no callable.
    error: Option<String>,
    takes_argument: bool,
}

/// True if a callable takes an argument. Native functions that take none throw when given one.
pub(crate) fn takes_argument(callable: &Zval) -> bool {
    look(callable).takes_argument
}

/// Returns the engine's error if a value is no callable in the script's scope; `None` if it is one.
pub(crate) fn callable_error(value: &Zval) -> Option<String> {
    look(value).error
}

fn look(callable: &Zval) -> Looked {
    let value = ptr::from_ref(callable).cast_mut();
    let mut error = ptr::null_mut();
    // SAFETY: plain data; a cache of null pointers is an empty one.
    let mut cache: zend_fcall_info_cache = unsafe { std::mem::zeroed() };
    let (into, why) = (&raw mut cache, &raw mut error);
    // SAFETY: reads the value, fills in the cache and, if it is no callable, the error, which are ours. It may load a
    // class, whose code may bail out, into the guard: this closure owns nothing.
    let is_callable = guarded(|| unsafe {
        zend_is_callable_ex(value, ptr::null_mut(), 0, ptr::null_mut(), into, why)
    });
    // A bailout goes on when the method answers, whatever it does until then.
    let is_callable = is_callable.unwrap_or(false);
    let text = c_string(error);
    if !error.is_null() {
        // SAFETY: not null; the engine's own allocation, which was handed over, and copied above.
        unsafe { ext_php_rs::alloc::efree(error.cast()) };
    }
    let takes_argument = function_takes_argument(&cache);
    // SAFETY: the cache that was filled in above, or left empty; a function made for `__call` is freed with it. It
    // only frees, and does not bail out.
    unsafe { ffi::zend_release_fcall_info_cache(&raw mut cache) };
    Looked { error: (!is_callable).then_some(text), takes_argument }
}

fn function_takes_argument(cache: &zend_fcall_info_cache) -> bool {
    // SAFETY: null, or the function that the callable stands for, which the cache keeps until it is released.
    let Some(function) = (unsafe { cache.function_handler.as_ref() }) else { return true };
    // SAFETY: `common` is the prefix that every kind of function shares; it is plain data, which is copied.
    let common = unsafe { function.common };
    // A closure of a `__call` method has no declaration: it takes any arguments.
    let is_declared = !common.arg_info.is_null();
    let takes_any =
        !is_declared || common.fn_flags & (ZEND_ACC_VARIADIC | ZEND_ACC_CALL_VIA_TRAMPOLINE) != 0;
    takes_any || common.num_args > 0 || u32::from(common.type_) != ZEND_INTERNAL_FUNCTION
}
