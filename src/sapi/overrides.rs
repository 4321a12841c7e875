//! Replaces PHP functions that have to know of the stream: `header()`, `ob_flush()` and their like.

use std::cell::Cell;

use ext_php_rs::ffi::{
    IS_FALSE, ZEND_INTERNAL_FUNCTION, zend_execute_data, zend_function, zend_internal_function,
    zval,
};
use once_cell::sync::OnceCell;

use super::response::{abort, coding, finished, late_head, output};
use super::server::kind::Server;
use super::{adoption, attached};
use crate::zend::bailout::unwind;
use crate::zend::ffi::Handler;
use crate::zend::globals;

/// A call of a function that is replaced.
struct Call {
    original: Handler,
    frame: *mut zend_execute_data,
    result: *mut zval,
}

impl Call {
    /// Runs the function. It may bail out: nothing up to the engine owns anything, and what would be undone
    /// after it ends with the request anyway.
    fn run(&self) {
        // SAFETY: the function's own handler, with the frame and the result that the engine gave. It may bail out: the
        // frames of this file own nothing, and a wire that stays paused ends with the request.
        unsafe { (self.original)(self.frame, self.result) }
    }

    /// Answers false in its place.
    fn answer_false(&self) {
        // SAFETY: where the engine wants the answer: valid, referred to by nobody else, with nothing in it that would
        // have to be let go of.
        let result = unsafe { &mut *self.result };
        result.u1.type_info = IS_FALSE;
    }
}

/// Makes the replacements of PHP functions, by their names, and what puts them all in place.
macro_rules! replacements {
    ($($($name:ident),+ => $around:expr;)*) => {
        $($(mod $name {
            use super::*;

            static ORIGINAL: OnceCell<Handler> = OnceCell::new();

            pub(super) fn install() {
                replace(stringify!($name).trim_start_matches("r#"), call, &ORIGINAL);
            }

            /// # Safety
            ///
            /// As of every native function: called by the engine.
            unsafe extern "C" fn call(frame: *mut zend_execute_data, result: *mut zval) {
                let around: fn(&Call) = $around;
                if let Some(&original) = ORIGINAL.get() {
                    around(&Call { original, frame, result });
                }
            }
        })+)*

        /// Replaces the functions. Called when a request begins; does it once for each thread, which may have a
        /// table of its own.
        pub(crate) fn install() {
            thread_local! {
                static IS_DONE: Cell<bool> = const { Cell::new(false) };
            }
            if !IS_DONE.replace(true) {
                $($($name::install();)+)*
            }
        }
    };
}

replacements! {
    connection_aborted, connection_status => |call| {
        note_disconnect();
        call.run();
    };
    fastcgi_finish_request, frankenphp_finish_request => |call| {
        end_buffers();
        adoption::finish_response();
        call.run();
        if Server::current() == Server::FrankenPhp {
            finished::note();
        }
    };
    ob_flush, ob_clean, ob_end_flush, ob_end_clean, ob_get_flush => without_lost_buffers;
    header, header_remove, setcookie, setrawcookie, http_response_code,
    ini_set, ini_alter, ini_restore,
    session_start, session_regenerate_id, session_id, session_name, session_module_name,
    session_save_path, session_set_save_handler, session_set_cookie_params,
    session_cache_limiter, session_cache_expire => |call| late_head::as_if_open(&mut || call.run());
    apache_note, apache_setenv, apache_lookup_uri, apache_request_headers, apache_response_headers,
    getallheaders => |call| {
        // httpd's memory pools are not thread safe: the keeper stays out while the script is in there.
        attached::pause();
        call.run();
        attached::resume();
    };
    r#virtual => |call| {
        attached::pause();
        call.run();
        resume_flushed();
    };
}

fn replace(name: &str, replacement: Handler, original: &'static OnceCell<Handler>) {
    let function = globals::executor(|executor| {
        let entry = executor.function_table()?.get(name)?;
        // SAFETY: a function table holds pointers to functions.
        unsafe { entry.ptr::<zend_function>() }
    });
    let Some(function) = function else { return };
    // SAFETY: a function of the table, of which only the type is read.
    let type_ = unsafe { &raw const (*function).type_ };
    // SAFETY: every kind of function begins with its type, so that each has set it.
    if u32::from(unsafe { type_.read() }) != ZEND_INTERNAL_FUNCTION {
        // One of a script's own of this name, preloaded.
        return;
    }
    // SAFETY: a native function, which lives as long as the process. Where PHP has threads, each has a table of its own;
    // no script runs before this is done: its request waits for it at its beginning.
    let function = unsafe { &mut *function.cast::<zend_internal_function>() };
    let Some(handler) = function.handler else { return };
    // Another thread's, or one that has been here before, is the same function.
    let is_known = std::ptr::fn_addr_eq(*original.get_or_init(|| handler), handler);
    if is_known && !std::ptr::fn_addr_eq(handler, replacement) {
        function.handler = Some(replacement);
    }
}

/// What the script's buffers hold has to be encoded, too, before the response ends. The frame owns nothing.
fn end_buffers() {
    if coding::has_begun() && output::end_buffers().is_err() {
        unwind();
    }
}

/// `start()` closed the buffers that the script asks for, which is no mistake of the script's.
fn without_lost_buffers(call: &Call) {
    if output::has_lost_buffers() {
        call.answer_false();
    } else {
        call.run();
    }
}

/// Makes `connection_aborted()` tell what the wire knows.
fn note_disconnect() {
    attached::with(|wire| {
        let Some(wire) = wire else { return };
        wire.probe();
        // A loop of somebody else's is told the same on a reload: that ends it in its own way, and the client
        // comes back to the new worker.
        if wire.client_is_gone() || wire.ends_here() {
            abort::note_client_gone();
        }
    });
}

/// Has httpd send what it holds back of another request's output, which would block the keeper, and resumes it.
fn resume_flushed() {
    if attached::exists() {
        output::flush();
    }
    attached::resume();
}
