//! Hooks the SAPI's writes: every byte of a response passes here, and takes its wire if it has one.
//!
//! While a wire is attached, bytes take it, under its lock; otherwise the hooks hand every call on,
//! and only remember where in the event stream the last byte stands. Installed once at module
//! start-up, before FPM forks. A hook owns nothing while it calls the original, or aborts the
//! script: both may `longjmp`.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::ffi::{sapi_module, zend_execute_data, zend_interrupt_function};
use once_cell::sync::OnceCell;

use super::attached;
use super::encoded::Functions;
use super::ffi::{Flush, LogMessage, ReadPost};
use super::response::abort::{abort_if_gone, abort_unless_told};
use super::response::{abort, coding, finished, headers, output, ownership, written};
use super::sys::process;
use super::wire::{HELD_BACK_MAX, Wire};
use crate::stream::Bailout;
use crate::zend::ffi::Interrupt;
use crate::zend::globals;

struct Originals {
    /// Those that write.
    output: Functions,
    log_message: Option<LogMessage>,
    read_post: Option<ReadPost>,
    interrupt: Option<Interrupt>,
}

/// The bytes that the server is given to write at a time.
const SLICE: usize = 64 * 1024;

static ORIGINALS: OnceCell<Originals> = OnceCell::new();

/// The functions of higher layers that run here.
pub(crate) struct Callbacks {
    /// Interrupts a script because its client has left: throws.
    pub(crate) client_gone: fn(),
    /// Is told that a response without a wire was flushed.
    pub(crate) flushed: fn(),
}

static CALLBACKS: OnceCell<Callbacks> = OnceCell::new();

thread_local! {
    /// True once the connection of this response was given away.
    static PARTED: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hooks. Called once, at module start-up.
pub(crate) fn install(callbacks: Callbacks) {
    let module = &raw mut sapi_module;
    // SAFETY: `sapi_module` is the process's one SAPI, filled in before any module starts up. That happens on one
    // thread, and nothing is called while this refers to it, so that nobody else does. Nothing here bails out.
    let module = unsafe { &mut *module };
    let Some(write) = module.ub_write else { return };
    // SAFETY: a pointer, which is copied; modules start up on one thread, so that nobody writes to it.
    let interrupt = unsafe { zend_interrupt_function };
    let originals = Originals {
        output: Functions { write, flush: module.flush },
        log_message: module.log_message,
        read_post: module.read_post,
        interrupt,
    };
    // Where PHP starts anew in the same process, both are there, and the same.
    let _ = (ORIGINALS.set(originals), CALLBACKS.set(callbacks));
    module.ub_write = Some(ub_write);
    module.flush = module.flush.map(|_| flush as Flush);
    module.log_message = module.log_message.map(|_| log_message as LogMessage);
    module.read_post = module.read_post.map(|_| read_post as ReadPost);
    // SAFETY: as above: nobody reads it meanwhile, and no script runs before modules have started up.
    unsafe { zend_interrupt_function = Some(interrupted) };
}

/// Removes the hooks. Called once, at module shutdown: our code may be unmapped after it.
pub(crate) fn remove() {
    let Some(originals) = ORIGINALS.get() else { return };
    let module = &raw mut sapi_module;
    // SAFETY: as in `install`: modules shut down on one thread, after the last request. The keeper, which lives
    // longer, does not look at it.
    let module = unsafe { &mut *module };
    module.ub_write = Some(originals.output.write);
    module.flush = originals.output.flush;
    module.log_message = originals.log_message;
    module.read_post = originals.read_post;
    // SAFETY: as above: no script runs any more.
    unsafe { zend_interrupt_function = originals.interrupt };
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    written::begin_request();
    coding::begin_request();
    abort::forget_told();
    PARTED.set(false);
    process::begin_request();
}

/// Ends the encoding of this response, if it is encoded: whatever is written from now on goes nowhere.
pub(crate) fn end_encoding() {
    if let Some(originals) = ORIGINALS.get().filter(|_| !coding::is_plain()) {
        originals.output.end();
    }
}

/// Writes to the SAPI, past PHP's output buffers. The headers must be out.
///
/// May `longjmp`, unless the request ignores user aborts.
fn write(bytes: &[u8]) -> usize {
    if finished::goes_nowhere() {
        return bytes.len();
    }
    put_out(bytes)
}

/// Writes to the SAPI, past PHP's output buffers, and flushes. A client that is gone does not end the script.
///
/// # Errors
///
/// [`Bailout`] when something else bailed out of it.
pub(super) fn write_flushed(bytes: &[u8]) -> Result<(), Bailout> {
    abort::without_abort(|| {
        write(bytes);
        output::flush();
    })
}

/// Our `ub_write`.
///
/// # Safety
///
/// As the SAPI's own: `bytes` points to `length` readable bytes.
unsafe extern "C" fn ub_write(bytes: *const c_char, length: usize) -> usize {
    if bytes.is_null() || length == 0 {
        return 0;
    }
    if headers::is_nothing(bytes) || finished::goes_nowhere() || !ownership::belongs() {
        return length;
    }
    written::note_echo();
    // SAFETY: the caller vouches for `length` readable bytes, which nobody changes before it goes on; they are not
    // null, as was asked above.
    put_out(unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) })
}

/// Writes to the wire, or the server. May bail out, past the hook, which owns nothing, or into the guard of
/// [`write_flushed`]; this frame owns nothing.
#[inline]
fn put_out(bytes: &[u8]) -> usize {
    let Some(originals) = ORIGINALS.get() else { return 0 };
    written::note_unflushed();
    attached::with(|wire| match wire {
        Some(wire) => put_on_wire(originals, wire, bytes),
        None => put_on_server(originals, bytes),
    })
}

fn put_on_server(originals: &Originals, bytes: &[u8]) -> usize {
    if abort::is_told() {
        abort_unless_told();
        return bytes.len();
    }
    written::set_tail(written::tail().after(bytes));
    if coding::has_begun() && !coding::gives_way_to(bytes) {
        originals.output.echo(bytes);
        return bytes.len();
    }
    // SAFETY: the server's own function, with readable bytes and their number. It may bail out: this frame owns
    // nothing, nor do those between it and the hook, or the guard of `write_flushed`.
    unsafe { (originals.output.write)(bytes.as_ptr().cast(), bytes.len()) }
}

fn put_on_wire(originals: &Originals, wire: &Wire, bytes: &[u8]) -> usize {
    if wire.client_is_gone() || wire.ends_here() {
        abort_unless_told();
        return bytes.len();
    }
    if wire.is_direct() {
        if wire.echo(bytes).is_err() {
            abort_unless_told();
        }
        return bytes.len();
    }
    // In slices: the write timeout is for a client that takes nothing, not for one that takes its time.
    for slice in bytes.chunks(SLICE) {
        if coding::has_begun() {
            originals.output.echo_to_wire(wire, slice);
        } else {
            put_slice(originals, wire, slice);
        }
        abort_if_gone();
    }
    if wire.held_back() > HELD_BACK_MAX {
        flush_server(wire, originals, globals::sapi(|sapi| sapi.server_context));
    }
    bytes.len()
}

/// Writes so many bytes by the server, under the wire lock.
fn put_slice(originals: &Originals, wire: &Wire, slice: &[u8]) {
    abort::ignoring_abort(|| {
        let bytes = slice.as_ptr().cast();
        // SAFETY: as in `put_on_server`; but the wire lock is held, so that it must return. It bails out by way of
        // `php_handle_aborted_connection` only, which returns while aborts are ignored.
        wire.through_server(slice, || unsafe { (originals.output.write)(bytes, slice.len()) });
    });
}

/// Our `flush`.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn flush(context: *mut c_void) {
    let Some(originals) = ORIGINALS.get() else { return };
    let Some(original) = originals.output.flush else { return };
    written::note_flushed();
    attached::with(|wire| match wire {
        Some(wire) if wire.is_direct() => {
            if wire.flush().is_err() {
                abort_unless_told();
            }
        }
        Some(wire) => flush_server(wire, originals, context),
        None if finished::is_so() => {}
        None if abort::is_told() => abort_unless_told(),
        None => {
            if coding::has_begun() {
                originals.output.write_kept(false);
            }
            // SAFETY: the server's own function, with the argument as it came. It may bail out: this frame owns
            // nothing.
            unsafe { original(context) };
            if let Some(callbacks) = CALLBACKS.get() {
                (callbacks.flushed)();
            }
        }
    });
}

/// Has the server send what it holds back.
fn flush_server(wire: &Wire, originals: &Originals, context: *mut c_void) {
    if coding::has_begun() {
        originals.output.write_to_wire(wire, false);
    }
    abort::ignoring_abort(|| {
        // The wire lock is held, so that it must return: while aborts are ignored it does.
        wire.through_server(b"", || originals.output.flush(context));
        wire.note_flush();
    });
    abort_if_gone();
}

/// Our `log_message`: FPM sends what is logged over the same connection, and at once when it is
/// long.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn log_message(message: *const c_char, level: c_int) {
    let Some(original) = ORIGINALS.get().and_then(|originals| originals.log_message) else {
        return;
    };
    if PARTED.get() && !message.is_null() {
        return log_to_stderr(message);
    }
    attached::with(|wire| match wire {
        // SAFETY: the server's own function, with the arguments as they came. It may bail out: this frame owns
        // nothing.
        None => unsafe { original(message, level) },
        // SAFETY: as above; the wire lock is held, and while aborts are ignored it returns, as in `put_on_wire`.
        Some(wire) => log_through(wire, || unsafe { original(message, level) }),
    });
}

/// Logs under the wire lock. The server keeps messages in a buffer that nobody else flushes while the wire is direct.
fn log_through(wire: &Wire, log: impl FnOnce()) {
    let originals = ORIGINALS.get().filter(|_| wire.is_direct());
    abort::ignoring_abort(|| {
        wire.through_server(b"", || {
            log();
            if let Some(originals) = originals {
                originals.output.flush(globals::sapi(|sapi| sapi.server_context));
            }
        });
    });
}

/// Logs where the process logs, for a worker whose server would send it over a connection that is gone.
fn log_to_stderr(message: *const c_char) {
    // SAFETY: not null, as the caller has asked; the engine's messages end with a NUL, and stay for this call.
    let length = unsafe { libc::strlen(message) };
    let parts = [(c"PHP message: ".as_ptr(), 13), (message, length), (c"\n".as_ptr(), 1)];
    let parts = parts
        .map(|(text, length)| libc::iovec { iov_base: text.cast_mut().cast(), iov_len: length });
    // SAFETY: an array of three, each a text of this length, which stays for the call and is only read. If it fails
    // there is nobody to tell.
    unsafe { libc::writev(libc::STDERR_FILENO, parts.as_ptr(), 3) };
}

/// Our `read_post`: httpd reads from the same memory pools that its writes use.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn read_post(buffer: *mut c_char, length: usize) -> usize {
    let Some(original) = ORIGINALS.get().and_then(|originals| originals.read_post) else {
        return 0;
    };
    attached::pause();
    // SAFETY: the server's own function, with the arguments as they came. If it bails out the wire stays paused, until
    // it ends with the request; this frame owns nothing.
    let read = unsafe { original(buffer, length) };
    attached::resume();
    read
}

/// Our part of the engine's interrupt function, which runs between two opcodes.
///
/// # Safety
///
/// As the engine's own.
unsafe extern "C" fn interrupted(frame: *mut zend_execute_data) {
    if attached::with(|wire| wire.is_some_and(Wire::take_interrupt))
        && let Some(callbacks) = CALLBACKS.get()
    {
        (callbacks.client_gone)();
    }
    if let Some(original) = ORIGINALS.get().and_then(|originals| originals.interrupt) {
        // SAFETY: the function that stood there before, with the running frame as it came. It may bail out: this frame
        // owns nothing.
        unsafe { original(frame) };
    }
}

/// Notes that the connection of this response was given away.
pub(super) fn note_parted() {
    PARTED.set(true);
}
