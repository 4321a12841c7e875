//! Converts arguments as PHP's own functions do, with the engine's deprecations.
//!
//! The rules are those for the caller's `strict_types` (`Zend/zend_API.c`, `zend_parse_arg_*_slow`).
//!
//! `number` is the number of the argument in the function that runs, counted from 1: the engine names it in a
//! deprecation. `None` means a value of another type; then an exception may be pending, thrown by an error handler or
//! by a `__toString()`.

use std::ptr;

use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::Zval;

use super::bailout::guarded;
use super::ffi;
use super::owned::Owned;
use crate::stream::Bailout;

/// Converts to `int`.
///
/// # Errors
///
/// [`Bailout`], as from all functions of this file: an error handler ran and bailed out.
pub(crate) fn int(value: &Zval, number: u32) -> Result<Option<i64>, Bailout> {
    if let Some(int) = value.long() {
        return Ok(Some(int));
    }
    let (mut value, mut int) = (Owned::shared(value), 0);
    // SAFETY: a value of ours, which the engine may convert in place, and an int of ours for its answer; a native
    // method is running, for the argument's number. It may run an error handler or a `__toString()`, and bail out,
    // into the guard; what the value holds leaks then, until the request's memory is freed.
    let fits = guarded(|| unsafe {
        ffi::zend_parse_arg_long_slow(&raw mut *value, &raw mut int, number)
    })?;
    Ok(fits.then_some(int))
}

/// Converts to `float`.
///
/// # Errors
///
/// As [`int`].
pub(crate) fn float(value: &Zval, number: u32) -> Result<Option<f64>, Bailout> {
    if let Some(float) = value.double() {
        return Ok(Some(float));
    }
    let (mut value, mut float) = (Owned::shared(value), 0.0);
    // SAFETY: as in `int`, with an answer of the type that this function writes.
    let fits = guarded(|| unsafe {
        ffi::zend_parse_arg_double_slow(&raw mut *value, &raw mut float, number)
    })?;
    Ok(fits.then_some(float))
}

/// Converts to `bool`.
///
/// # Errors
///
/// As [`int`].
pub(crate) fn bool(value: &Zval, number: u32) -> Result<Option<bool>, Bailout> {
    if let Some(bool) = value.bool() {
        return Ok(Some(bool));
    }
    let (mut value, mut bool) = (Owned::shared(value), false);
    // SAFETY: as in `int`, with an answer of the type that this function writes.
    let fits = guarded(|| unsafe {
        ffi::zend_parse_arg_bool_slow(&raw mut *value, &raw mut bool, number)
    })?;
    Ok(fits.then_some(bool))
}

/// Converts to `string`.
///
/// # Errors
///
/// As [`int`].
pub(crate) fn string(value: &Zval, number: u32) -> Result<Option<Owned>, Bailout> {
    let mut value = Owned::shared(value);
    if value.is_string() {
        return Ok(Some(value));
    }
    let mut string: *mut zend_string = ptr::null_mut();
    // SAFETY: as in `int`; the string is the value's own, which is one by then.
    let fits = guarded(|| unsafe {
        ffi::zend_parse_arg_str_slow(&raw mut *value, &raw mut string, number)
    })?;
    Ok(fits.then_some(value))
}

/// Converts a value that is neither of the two to `string|int`.
///
/// # Errors
///
/// As [`int`].
pub(crate) fn string_or_int(value: &Zval, number: u32) -> Result<Option<Owned>, Bailout> {
    let mut value = Owned::shared(value);
    let mut string: *mut zend_string = ptr::null_mut();
    let mut int = 0;
    // SAFETY: as in `int`; a string is the value's own, which is one by then.
    let fits = guarded(|| unsafe {
        ffi::zend_parse_arg_str_or_long_slow(&raw mut *value, &raw mut string, &raw mut int, number)
    })?;
    if fits && string.is_null() {
        value = Owned::default();
        value.set_long(int);
    }
    Ok(fits.then_some(value))
}
