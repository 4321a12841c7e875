//! Gives closures the engine's globals of this thread, without the locks of ext-php-rs.
//!
//! A bailout would leave such a lock held for ever, and each costs 28 ns at every event.
//!
//! A bailout would leave such a lock held for ever, and every event would pay for taking it.
//!
//! **Invariant**: a closure that is passed to these functions reads or writes fields, and looks names up in tables.
//! It calls nothing that could bail out, or come back here.

use ext_php_rs::ffi::{
    ext_php_rs_executor_globals, ext_php_rs_process_globals, ext_php_rs_sapi_globals,
    php_core_globals,
};
use ext_php_rs::zend::{ExecutorGlobals, SapiGlobals};

/// Reads the globals of the server: the request, and the head of the response.
#[inline]
pub(crate) fn sapi<R>(look: impl FnOnce(&mut SapiGlobals) -> R) -> R {
    // SAFETY: only returns an address, which is valid for as long as the thread lives; a thread of PHP's is asking.
    let globals = unsafe { ext_php_rs_sapi_globals() };
    // SAFETY: the globals of this thread. By the invariant `look` calls nothing that could reach them again, or bail
    // out; other threads see their atomic flags only.
    look(unsafe { &mut *globals })
}

/// Reads the globals of the executor: frames, tables, the pending exception.
#[inline]
pub(crate) fn executor<R>(look: impl FnOnce(&mut ExecutorGlobals) -> R) -> R {
    // SAFETY: only returns an address, which is valid for as long as the thread lives; a thread of PHP's is asking.
    let globals = unsafe { ext_php_rs_executor_globals() };
    // SAFETY: the globals of this thread. By the invariant `look` calls nothing that could reach them again, or bail
    // out; other threads see their atomic flags only.
    look(unsafe { &mut *globals })
}

/// Reads the core globals: the status of the connection.
#[inline]
pub(crate) fn core<R>(look: impl FnOnce(&mut php_core_globals) -> R) -> R {
    // SAFETY: only returns an address, which is valid for as long as the thread lives; a thread of PHP's is asking.
    let globals = unsafe { ext_php_rs_process_globals() };
    // SAFETY: the globals of this thread. By the invariant `look` calls nothing that could reach them again, or bail
    // out; other threads see their atomic flags only.
    look(unsafe { &mut *globals })
}
