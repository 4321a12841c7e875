//! PHP functions that have to know of the stream: each does a little before, and is then itself.

use std::sync::Once;

use ext_php_rs::ffi::{IS_FALSE, zend_execute_data, zend_function, zval};
use once_cell::sync::OnceCell;

use super::ffi::Handler;
use super::globals;
use super::wire::Wire;
use super::{adoption, hooks, late_head, output};

/// Makes the replacement of a PHP function: `$before`, the function, `$after`; or what `$around` makes of it.
macro_rules! replacement {
    ($name:ident, $php:literal, $before:expr, $after:expr) => {
        replacement!($name, $php, |function: &mut dyn FnMut()| {
            let before: fn() = $before;
            let after: fn() = $after;
            before();
            function();
            after();
        });
    };
    ($name:ident, $php:expr, $around:expr) => {
        mod $name {
            use super::*;

            static ORIGINAL: OnceCell<Handler> = OnceCell::new();

            pub(super) fn install() {
                replace($php, call, &ORIGINAL);
            }

            /// # Safety
            ///
            /// As of every native function: called by the engine.
            unsafe extern "C" fn call(frame: *mut zend_execute_data, result: *mut zval) {
                let around: fn(&mut dyn FnMut()) = $around;
                let Some(original) = ORIGINAL.get() else { return };
                // SAFETY: the arguments are passed on as they came. It may bail out: these frames
                // own nothing, and what is undone after it ends with the request anyway.
                around(&mut || unsafe { original(frame, result) });
            }
        }
    };
}

/// Makes the replacement of a PHP function that answers false where `$needless` does, without a notice.
macro_rules! silent {
    ($name:ident, $needless:expr) => {
        mod $name {
            use super::*;

            static ORIGINAL: OnceCell<Handler> = OnceCell::new();

            pub(super) fn install() {
                replace(stringify!($name), call, &ORIGINAL);
            }

            /// # Safety
            ///
            /// As of every native function: called by the engine.
            unsafe extern "C" fn call(frame: *mut zend_execute_data, result: *mut zval) {
                let needless: fn() -> bool = $needless;
                if needless() {
                    // SAFETY: where the engine wants the answer, which has nothing in it yet.
                    unsafe { (*result).u1.type_info = IS_FALSE };
                } else if let Some(original) = ORIGINAL.get() {
                    // SAFETY: the arguments are passed on as they came. It may bail out: this frame
                    // owns nothing.
                    unsafe { original(frame, result) };
                }
            }
        }
    };
}

// `start()` closed the buffers that these ask for, which is no mistake of the script's.
silent!(ob_flush, output::has_lost_buffers);
silent!(ob_clean, output::has_lost_buffers);
silent!(ob_end_flush, output::has_lost_buffers);
silent!(ob_end_clean, output::has_lost_buffers);
silent!(ob_get_flush, output::has_lost_buffers);

replacement!(connection_aborted, "connection_aborted", note_departure, nothing);
replacement!(connection_status, "connection_status", note_departure, nothing);
replacement!(finish_request, "fastcgi_finish_request", adoption::finish_response, nothing);
// httpd's memory pools are not thread safe: the keeper stays out while the script is in there.
replacement!(apache_note, "apache_note", pause, resume);
replacement!(apache_setenv, "apache_setenv", pause, resume);
replacement!(apache_lookup_uri, "apache_lookup_uri", pause, resume);
replacement!(apache_request_headers, "apache_request_headers", pause, resume);
replacement!(apache_response_headers, "apache_response_headers", pause, resume);
replacement!(getallheaders, "getallheaders", pause, resume);
replacement!(virtual_request, "virtual", pause, resume_flushed);

/// Makes the replacements of functions that look at the head, or change it.
macro_rules! late {
    ($($name:ident),* $(,)?) => {
        $(replacement!($name, stringify!($name), late_head::as_if_open);)*

        fn install_late() {
            $($name::install();)*
        }
    };
}

late! {
    header, header_remove, setcookie, setrawcookie, http_response_code,
    ini_set, ini_alter, ini_restore,
    session_start, session_regenerate_id, session_id, session_name, session_module_name,
    session_save_path, session_set_save_handler, session_set_cookie_params,
    session_cache_limiter, session_cache_expire,
}

/// Replaces the functions. Called when a request begins; does it once.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        ob_flush::install();
        ob_clean::install();
        ob_end_flush::install();
        ob_end_clean::install();
        ob_get_flush::install();
        connection_aborted::install();
        connection_status::install();
        finish_request::install();
        apache_note::install();
        apache_setenv::install();
        apache_lookup_uri::install();
        apache_request_headers::install();
        apache_response_headers::install();
        getallheaders::install();
        virtual_request::install();
        install_late();
    });
}

fn replace(name: &str, replacement: Handler, original: &'static OnceCell<Handler>) {
    let function = globals::executor(|executor| {
        let entry = executor.function_table()?.get(name)?;
        // SAFETY: a function table holds pointers to functions.
        unsafe { entry.ptr::<zend_function>() }
    });
    let Some(function) = function else { return };
    // SAFETY: they live as long as the process, and no other reference to this one is alive.
    let function = unsafe { &mut *function };
    // SAFETY: those of these names are native.
    let function = unsafe { &mut function.internal_function };
    if let Some(handler) = function.handler
        && original.set(handler).is_ok()
    {
        function.handler = Some(replacement);
    }
}

fn nothing() {}

/// Makes `connection_aborted()` tell what the wire knows.
fn note_departure() {
    let Some(wire) = hooks::wire() else { return };
    wire.probe();
    if wire.client_is_gone() {
        output::note_client_gone();
    }
    adoption::note_shutdown(wire);
}

fn pause() {
    if let Some(wire) = hooks::wire() {
        wire.pause();
    }
}

/// What httpd holds back of another request's output goes out now: it would block the keeper.
fn resume_flushed() {
    if hooks::wire().is_some() {
        output::flush();
    }
    resume();
}

fn resume() {
    if let Some(wire) = hooks::wire() {
        Wire::resume(wire);
    }
}
