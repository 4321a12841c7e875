//! A shorter way to make `SseEvent` objects and to have their text.
//!
//! It is for objects whose whole state is their declared read-only properties.
//!
//! **Invariant**: the fast handlers take only values that the class accepts unconverted, for an object that has none
//! yet; all others take the generated handlers, and both have the same effect.

use std::cell::Cell;
use std::{mem, ptr, slice};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::zend_execute_data;
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use once_cell::sync::OnceCell;

use super::bailout::{guarded, unwind};
use super::fast_method::replace;
use super::ffi::Handler;

/// A final class of such objects, with `N` properties in the order of its constructor's parameters, all
/// of which are optional and null by default. There is one.
pub(crate) trait Record<const N: usize>: RegisteredClass + Default {
    /// True if the values may become the properties unconverted. Must not call into PHP.
    fn takes(values: &[Zval]) -> bool;

    /// Appends the text of the properties if that takes no call into PHP; otherwise appends nothing.
    fn write(properties: &[Zval; N], out: &mut Vec<u8>) -> bool;
}

static CONSTRUCT: OnceCell<Handler> = OnceCell::new();
static TO_STRING: OnceCell<Handler> = OnceCell::new();

thread_local! {
    /// The buffer for texts before they become PHP strings.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The largest capacity of the buffer that is kept, in bytes.
const KEPT: usize = 4096;

/// Installs the fast handlers. Called at module start-up, when the class is registered.
pub(crate) fn install<T: Record<N>, const N: usize>(class: &ClassEntry) {
    // The object has as many slots only if it has no inherited properties.
    if class.default_properties_count == i32::try_from(N).unwrap_or(-1) {
        replace(class, "__construct", construct::<T, N>, &CONSTRUCT);
        replace(class, "__tostring", to_string::<T, N>, &TO_STRING);
    }
}

/// Returns the slots of an object's properties.
pub(crate) fn slots<T: Record<N>, const N: usize>(object: &ZendObject) -> Option<&[Zval; N]> {
    let is_one = ptr::eq(object.get_class_entry(), T::get_metadata().ce());
    let slots = (&raw const object.properties_table).cast::<[Zval; N]>();
    // SAFETY: the class is final, declares these properties and allows no others, so that its objects have that many
    // slots, at their end; each holds a value, or is undefined.
    is_one.then(|| unsafe { &*slots })
}

/// # Safety
///
/// As any handler's: `call` is the running call, `answer` is where the engine wants its result.
unsafe extern "C" fn construct<T: Record<N>, const N: usize>(
    call: *mut zend_execute_data,
    answer: *mut Zval,
) {
    // SAFETY: the engine's running call, which outlives this frame; nobody else refers to it.
    let running = unsafe { &mut *call };
    if !fill::<T, N>(running)
        && let Some(generated) = CONSTRUCT.get()
    {
        // SAFETY: the generated handler, with the call and the answer as they came. It may bail out: this frame owns
        // nothing.
        unsafe { generated(call, answer) };
    }
}

fn fill<T: Record<N>, const N: usize>(call: &mut zend_execute_data) -> bool {
    let base: *const zend_execute_data = call;
    // SAFETY: in a call, `This.u2` holds the number of arguments; all that stands there is a number.
    let given = unsafe { call.This.u2.num_args } as usize;
    // SAFETY: the arguments stand behind the frame, in the same allocation (see `native::Call`).
    let first = unsafe { base.add(1) }.cast::<Zval>();
    // SAFETY: there are so many, all of them filled in, and they stay until the call is over; nothing here writes to
    // them.
    let arguments = unsafe { slice::from_raw_parts(first, given) };
    if given > N || !T::takes(arguments) {
        return false;
    }
    let Some(object) = call.This.object_mut() else { return false };
    if !slots::<T, N>(object).is_some_and(|slots| slots.iter().all(is_undefined)) {
        return false;
    }
    let table = object.properties_table.as_mut_ptr();
    for index in 0..N {
        let mut value = arguments.get(index).map_or(Zval::null(), Zval::shallow_clone);
        // The engine keeps the state of a property beside its value: 0 is initialized.
        value.u2.extra = 0;
        // SAFETY: the object has that many slots, as `slots` has found.
        let slot = unsafe { table.add(index) };
        // SAFETY: a slot of an object that nobody else has yet; it is undefined, so that nothing has to be let go of.
        unsafe { ptr::write(slot, value) };
    }
    let offset = mem::offset_of!(ZendClassObject<T>, std);
    let object = ptr::from_mut(object);
    // SAFETY: an object of a class of ours stands at the end of its Rust object, in one allocation.
    let object = unsafe { object.byte_sub(offset) }.cast::<ZendClassObject<T>>();
    // SAFETY: as above, and nobody refers to it: the reference to its end is not used any more. It only writes the
    // Rust part, and does not bail out.
    unsafe { &mut *object }.initialize(T::default());
    true
}

fn is_undefined(value: &Zval) -> bool {
    // SAFETY: all kinds of values have their type there, and each has set it.
    unsafe { value.u1.type_info == 0 }
}

/// # Safety
///
/// As any handler's: `call` is the running call, `answer` is where the engine wants its result.
unsafe extern "C" fn to_string<T: Record<N>, const N: usize>(
    call: *mut zend_execute_data,
    answer: *mut Zval,
) {
    // SAFETY: the engine's running call, which outlives this frame; it is only read here.
    let running = unsafe { &*call };
    // SAFETY: where the engine wants the result: valid, and referred to by nobody else.
    let into = unsafe { &mut *answer };
    if !text::<T, N>(running, into)
        && let Some(generated) = TO_STRING.get()
    {
        // SAFETY: the generated handler, with the call and the answer as they came. It may bail out: this frame owns
        // nothing.
        unsafe { generated(call, answer) };
    }
}

fn text<T: Record<N>, const N: usize>(call: &zend_execute_data, answer: &mut Zval) -> bool {
    // SAFETY: in a call, `This.u2` holds the number of arguments; all that stands there is a number.
    let is_bare = unsafe { call.This.u2.num_args } == 0;
    let Some(properties) = call.This.object().filter(|_| is_bare).and_then(slots::<T, N>) else {
        return false;
    };
    let mut scratch = SCRATCH.take();
    // If memory is exhausted, this ends the script.
    let text =
        T::write(properties, &mut scratch).then(|| guarded(|| ZendStr::new(&scratch, false)));
    put_back(scratch);
    match text {
        Some(Ok(text)) => answer.set_zend_string(text),
        Some(Err(_)) => unwind(),
        None => return false,
    }
    true
}

fn put_back(mut scratch: Vec<u8>) {
    if scratch.capacity() <= KEPT {
        scratch.clear();
        SCRATCH.set(scratch);
    }
}
