//! Declares classes exactly as the stub has them.
//!
//! ext-php-rs has no union types, and its read-only properties can be written. So classes are registered here and
//! then refined: union types and defaults are written into the engine's argument info, and read-only properties are
//! ordinary typed ones, which the engine guards.

use std::ffi::CStr;

use ext_php_rs::builders::{ClassBuilder, EnumBuilder};
use ext_php_rs::class::RegisteredClass;
use ext_php_rs::enum_::RegisteredEnum;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{zend_function, zend_internal_function, zend_type};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;

use super::ffi;
use super::versions::{self, ArgumentInfo};

/// PHP types, as bits of `zend_type.type_mask` (`Zend/zend_type_info.h`).
pub(crate) mod types {
    pub(crate) const NULL: u32 = 1 << 1;
    pub(crate) const BOOL: u32 = 1 << 2 | 1 << 3;
    pub(crate) const INT: u32 = 1 << 4;
    pub(crate) const FLOAT: u32 = 1 << 5;
    pub(crate) const STRING: u32 = 1 << 6;
    pub(crate) const ARRAY: u32 = 1 << 7;
    pub(crate) const MIXED: u32 = 0x3fe;
    pub(crate) const CALLABLE: u32 = 1 << 12;
    pub(crate) const STATIC: u32 = 1 << 15;
    /// The bit of `Traversable|array` for which reflection prints `iterable`.
    pub(crate) const ITERABLE: u32 = 1 << 21;
    /// All bits that stand for a type without a name of its own.
    pub(crate) const ALL: u32 = (1 << 18) - 1;
}

/// A correction of the argument info of a method.
pub(crate) struct Refinement {
    /// The method.
    pub(crate) method: &'static str,
    /// The parameter, by its PHP name; `None` is the return type.
    pub(crate) parameter: Option<&'static str>,
    /// Its types, besides a class that it may name.
    pub(crate) types: u32,
    /// The default value as PHP source; `None` keeps the present one.
    pub(crate) default: Option<&'static CStr>,
}

/// A public read-only property.
pub(crate) struct ReadOnly {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its types.
    pub(crate) types: u32,
}

/// Registers a class, with its properties and exact signatures. Called at module start-up.
///
/// # Errors
///
/// The engine's error.
pub(crate) fn declare<T: RegisteredClass>(
    properties: &[ReadOnly],
    refinements: &[Refinement],
) -> Result<&'static ClassEntry> {
    let mut builder = ClassBuilder::new(T::CLASS_NAME).flags(T::FLAGS).docs(T::DOC_COMMENTS);
    for (method, flags) in T::method_builders() {
        builder = builder.method(method, flags);
    }
    builder
        .object_override::<T>()
        .registration(|class, argument_info| {
            T::get_metadata().set_ce(class);
            T::get_metadata().set_arg_info(argument_info);
        })
        .register()?;
    let class = T::get_metadata().ce();
    rename_parameters(class);
    for property in properties {
        declare_property(class, property);
    }
    for refinement in refinements {
        refine(class, refinement);
    }
    Ok(class)
}

/// Registers an enum: final, as every enum that a script declares is.
///
/// # Errors
///
/// The engine's error.
pub(crate) fn declare_enum<T: RegisteredClass + RegisteredEnum>() -> Result<()> {
    let cases = T::CASES.iter();
    cases
        .fold(EnumBuilder::new(T::CLASS_NAME), EnumBuilder::case)
        .registration(|class, argument_info| {
            class.ce_flags |= ClassFlags::Final.bits();
            T::get_metadata().set_ce(class);
            T::get_metadata().set_arg_info(argument_info);
        })
        .docs(T::DOC_COMMENTS)
        .register()
}

fn declare_property(class: &ClassEntry, property: &ReadOnly) {
    const PUBLIC_READONLY: i32 = 1 | 1 << 7;
    let name = ZendStr::new_interned(property.name, true).into_raw();
    let mut uninitialized = Zval::new();
    uninitialized.u1.type_info = 0;
    let type_ = zend_type { ptr: std::ptr::null_mut(), type_mask: property.types };
    let class = std::ptr::from_ref(class).cast_mut();
    // SAFETY: at start-up the class is the engine's to change, and nothing of Rust's looks at it meanwhile; the name
    // is interned and persistent, the type has no name that would have to be let go of, and the default is undefined,
    // as a read-only property's must be. An engine that refuses it ends the process; it does not bail out at
    // start-up.
    unsafe {
        ffi::zend_declare_typed_property(
            class,
            name,
            &raw mut uninitialized,
            PUBLIC_READONLY,
            std::ptr::null_mut(),
            type_,
        )
    };
}

/// Rust's parameter names become PHP's: `max_lifetime` is `$maxLifetime`.
fn rename_parameters(class: &ClassEntry) {
    for (_, method) in &class.function_table {
        let Some(function) = native_function(method) else { continue };
        for n in 0..function.num_args as usize {
            // SAFETY: the index is below the number of arguments, of which the list has as many.
            let info = unsafe { function.arg_info.add(n) };
            // SAFETY: the argument info of a class that is being registered, which ext-php-rs has allocated and
            // nobody else refers to.
            let info = unsafe { &mut *info };
            let name = camel_case(&versions::parameter_name(info));
            versions::rename_parameter(info, &name);
        }
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}

fn refine(class: &ClassEntry, refinement: &Refinement) {
    let Some(info) = argument_info(class, refinement) else { return };
    // SAFETY: the argument info of a class that is being registered, which ext-php-rs has allocated; nobody else
    // refers to it yet.
    let info = unsafe { &mut *info };
    info.type_.type_mask =
        info.type_.type_mask & !(types::ALL | types::ITERABLE) | refinement.types;
    if refinement.types == types::STATIC {
        info.type_ = zend_type { ptr: std::ptr::null_mut(), type_mask: types::STATIC };
    }
    if let Some(default) = refinement.default {
        versions::set_default(info, default);
    }
}

fn argument_info(class: &ClassEntry, refinement: &Refinement) -> Option<*mut ArgumentInfo> {
    let method = class.function_table.get(refinement.method.to_ascii_lowercase().as_str())?;
    let function = native_function(method)?;
    let Some(name) = refinement.parameter else {
        // SAFETY: in the list of a native function, the info of the return type stands before that of the first
        // argument.
        return Some(unsafe { function.arg_info.sub(1) });
    };
    // SAFETY: each index is below the number of arguments, of which the list has as many.
    let mut all = (0..function.num_args as usize).map(|n| unsafe { function.arg_info.add(n) });
    // SAFETY: info of a class that is being registered, which is only read, and changed by nobody meanwhile.
    all.find(|info| versions::parameter_name(unsafe { &**info }) == name)
}

/// Returns the function behind an entry of a native class's function table.
fn native_function(entry: &Zval) -> Option<&zend_internal_function> {
    // SAFETY: callers give entries of native classes: these functions are native, and live as long as their class.
    // They are only read.
    native_pointer(entry).map(|function| unsafe { &*function })
}

/// Returns it as a pointer, to be changed while nobody calls it.
pub(crate) fn native_pointer(entry: &Zval) -> Option<*mut zend_internal_function> {
    // SAFETY: a function table holds pointers to functions, and `internal_function` is one kind of them.
    unsafe { entry.ptr::<zend_function>() }.map(<*mut zend_function>::cast)
}
