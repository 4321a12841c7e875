//! Calls PHP's own functions, such as `json_encode()`, past `disable_functions`.
//!
//! A name in the engine's table of functions proves nothing: `disable_functions` takes functions out of it, and a
//! script may then define its own of that name. The function list of a module stays as it was compiled.

use std::mem;

use ext_php_rs::ffi::{zend_execute_data, zend_function_entry, zend_module_entry};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ClassEntry;
use once_cell::sync::OnceCell;

use super::class::native_pointer;
use super::engine::{self, Owned, guarded};
use super::ffi::{self, Handler};
use super::globals;
use crate::stream::Bailout;

/// The module or class that declares a function.
enum Owner {
    /// A module, by its name in lower case.
    Module(&'static str),
    /// A native class, by its name in lower case.
    Class(&'static str),
}

/// A native function.
pub(crate) struct Native {
    owner: Owner,
    /// In lower case.
    name: &'static str,
    handler: OnceCell<Option<Handler>>,
}

/// A call frame, followed by its arguments, as a handler reads it.
#[repr(C)]
struct Call<const N: usize> {
    frame: zend_execute_data,
    arguments: [Zval; N],
}

// Arguments begin at the first whole value behind the frame (`ZEND_CALL_FRAME_SLOT`).
const _: () = assert!(size_of::<zend_execute_data>().is_multiple_of(size_of::<Zval>()));

impl Native {
    /// A function of a module.
    pub(crate) const fn function(module: &'static str, name: &'static str) -> Self {
        Self { owner: Owner::Module(module), name, handler: OnceCell::new() }
    }

    /// A static method of a native class.
    pub(crate) const fn method(class: &'static str, name: &'static str) -> Self {
        Self { owner: Owner::Class(class), name, handler: OnceCell::new() }
    }

    /// Calls the function with arguments of the declared types; `None` if this PHP has no such function.
    ///
    /// # Errors
    ///
    /// [`Bailout`] as [`guarded`]. An exception stays pending.
    pub(crate) fn call<const N: usize>(
        &self,
        arguments: [Zval; N],
    ) -> Result<Option<Owned>, Bailout> {
        // Nothing in `find()` can bail out, which would leave the cell half filled for ever.
        let handler = self.handler.get_or_init(|| self.find());
        handler.map(|handler| guarded(|| Owned::from(run(handler, arguments)))).transpose()
    }

    fn find(&self) -> Option<Handler> {
        match self.owner {
            Owner::Module(module) => handler_of(module, self.name),
            Owner::Class(class) => {
                let method = class_of(class)?.function_table.get(self.name);
                // SAFETY: a method of a native class is native, and lives as long as the class; its handler is copied.
                method.and_then(native_pointer).and_then(|method| unsafe { (*method).handler })
            }
        }
    }
}

fn run<const N: usize>(handler: Handler, arguments: [Zval; N]) -> Zval {
    let caller = engine::running_frame();
    // SAFETY: a frame is plain data: in it null pointers are nothing, and a value of type zero is undefined.
    let frame: zend_execute_data = unsafe { mem::zeroed() };
    let mut call = Call { frame, arguments };
    call.frame.prev_execute_data = caller;
    // There are at most a handful.
    call.frame.This.u2.num_args = u32::try_from(N).unwrap_or(0);
    let mut answer = Zval::null();
    // SAFETY: the handler of a native function, with a frame that has as many arguments as it says, of the types that
    // it declares, so that it does not ask for the function, which is null; the answer holds nothing. It may bail
    // out, into the guard of `call`: the arguments leak then, until the request's memory is freed.
    unsafe { handler((&raw mut call).cast(), &raw mut answer) };
    // `Closure::fromCallable()` leaves its own frame there, which does not outlive this function.
    engine::set_running_frame(caller);
    answer
}

/// Finds a native class. Reads the table itself, because the engine's lookup allocates memory of the script's.
fn class_of(name: &'static str) -> Option<&'static ClassEntry> {
    let class = globals::executor(|executor| {
        let entry = executor.class_table()?.get(name)?;
        // SAFETY: the table of classes holds pointers to classes, or values that are none, for which this is `None`.
        unsafe { entry.ptr::<ClassEntry>() }
    });
    // SAFETY: a native class, as callers name those only, which lives as long as the process.
    class.map(|class| unsafe { &*class })
}

/// Finds a handler in a module's list of functions.
fn handler_of(module: &str, name: &str) -> Option<Handler> {
    let modules = &raw const ffi::module_registry;
    // SAFETY: modules are registered on one thread before any request, and stay: nobody writes to the table any more.
    let module = unsafe { &*modules }.get(module)?;
    // SAFETY: the registry holds pointers to modules.
    let module = unsafe { module.ptr::<zend_module_entry>() }?;
    // SAFETY: the module stays registered, and is only read; its list is a constant of its own.
    let mut entry: *const zend_function_entry = unsafe { (*module).functions };
    // SAFETY: null, or an entry of the list, which ends with one that has no name: none behind that is asked for.
    while let Some(function) = unsafe { entry.as_ref() }.filter(|entry| !entry.fname.is_null()) {
        if engine::c_string(function.fname).eq_ignore_ascii_case(name) {
            return function.handler;
        }
        // SAFETY: this one has a name, so that another follows.
        entry = unsafe { entry.add(1) };
    }
    None
}
