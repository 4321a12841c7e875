//! The hooks on the SAPI: every byte of a response passes here, whoever writes it.
//!
//! While a wire is attached, bytes take it, under its lock; otherwise the hooks hand every call on,
//! and only remember where in the event stream the last byte stands. Installed once at module
//! start-up, before FPM forks. A hook owns nothing while it calls the original, or aborts the
//! script: both may `longjmp`.

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::Instant;

use ext_php_rs::ffi::{sapi_module, zend_execute_data, zend_interrupt_function};
use once_cell::sync::OnceCell;

use super::adoption;
use super::ffi::{Flush, LogMessage, ReadPost, UbWrite};
use super::response::{beside, headers, output};
use super::sys::process;
use super::wire::{HELD_BACK_MAX, Wire, keeper};
use crate::stream::{GRACE, StopReason, Tail};
use crate::zend::ffi::Interrupt;
use crate::zend::globals;

struct Originals {
    ub_write: UbWrite,
    flush: Option<Flush>,
    log_message: Option<LogMessage>,
    read_post: Option<ReadPost>,
    interrupt: Option<Interrupt>,
}

/// What the server is given to write at a time, in bytes.
const SLICE: usize = 64 * 1024;

static ORIGINALS: OnceCell<Originals> = OnceCell::new();

/// What runs when a script is to be interrupted because its client has left.
static ON_INTERRUPT: OnceCell<fn()> = OnceCell::new();

thread_local! {
    /// The tail of this thread's response, as long as no wire is attached.
    static TAIL: Cell<Tail> = const { Cell::new(Tail::START) };
    /// Whether something was written that was not flushed since.
    static UNFLUSHED: Cell<bool> = const { Cell::new(false) };
    /// Whether others than a stream of ours have written to this response.
    static ECHOED: Cell<bool> = const { Cell::new(false) };
    /// The wire of this thread's response.
    static ATTACHED: RefCell<Option<Arc<Wire>>> = const { RefCell::new(None) };
    /// The same, to be read in hooks: an owner there would leak when a call does not return.
    static WIRE: Cell<*const Wire> = const { Cell::new(std::ptr::null()) };
    /// Whether the connection of this response was given away.
    static PARTED: Cell<bool> = const { Cell::new(false) };
    /// When the API told the script that its client is gone.
    static TOLD: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Installs the hooks. Called once, at module start-up. `on_interrupt` throws.
pub(crate) fn install(on_interrupt: fn()) {
    let module = &raw mut sapi_module;
    // SAFETY: `sapi_module` is the process's SAPI, set before any module starts up, on one thread.
    let module = unsafe { &mut *module };
    let Some(write) = module.ub_write else { return };
    // SAFETY: modules start up on one thread.
    let interrupt = unsafe { zend_interrupt_function };
    let originals = Originals {
        ub_write: write,
        flush: module.flush,
        log_message: module.log_message,
        read_post: module.read_post,
        interrupt,
    };
    if ORIGINALS.set(originals).is_err() || ON_INTERRUPT.set(on_interrupt).is_err() {
        return;
    }
    module.ub_write = Some(ub_write);
    module.flush = module.flush.map(|_| flush as Flush);
    module.log_message = module.log_message.map(|_| log_message as LogMessage);
    module.read_post = module.read_post.map(|_| read_post as ReadPost);
    // SAFETY: as above.
    unsafe { zend_interrupt_function = Some(interrupted) };
}

/// Removes the hooks. Called once, at module shutdown: our code may be unmapped after it.
pub(crate) fn remove() {
    let Some(originals) = ORIGINALS.get() else { return };
    let module = &raw mut sapi_module;
    // SAFETY: as in `install`; modules shut down on one thread, after the last request.
    let module = unsafe { &mut *module };
    module.ub_write = Some(originals.ub_write);
    module.flush = originals.flush;
    module.log_message = originals.log_message;
    module.read_post = originals.read_post;
    // SAFETY: as above.
    unsafe { zend_interrupt_function = originals.interrupt };
}

/// Forgets the last response. Called when a request begins.
pub(crate) fn begin_request() {
    TAIL.set(Tail::START);
    UNFLUSHED.set(false);
    ECHOED.set(false);
    TOLD.set(None);
    PARTED.set(false);
    process::begin_request();
}

/// Ends the script's part of the response: what the server does now is its own affair.
pub(crate) fn end_request() {
    TOLD.set(None);
}

/// Lets all that is written from now on take this wire.
pub(super) fn attach(wire: &Arc<Wire>) {
    WIRE.set(Arc::as_ptr(wire));
    ATTACHED.replace(Some(Arc::clone(wire)));
    if let Some(servers_own) = wire.servers_own() {
        process::keep_from_forks([servers_own, wire.as_fd().as_raw_fd()]);
    }
}

/// Ends the wire of this response, if there is one: what is left is flushed, the keeper lets go of
/// it, and whatever is written from now on goes to the server as ever.
pub(crate) fn detach() {
    if let Some(wire) = take_wire() {
        TAIL.set(wire.tail());
        wire.close();
        keeper::forget(&wire);
    }
}

/// Ends the wire of a response that is over, whose connection may be another's by now: nothing is written
/// to it any more. Answers whether there was one.
pub(super) fn abandon() -> bool {
    let Some(wire) = take_wire() else { return false };
    wire.stop(StopReason::ClientGone);
    wire.close();
    keeper::forget(&wire);
    true
}

/// Takes the wire of this response, unless it belongs to the parent of this process.
fn take_wire() -> Option<Arc<Wire>> {
    WIRE.set(std::ptr::null());
    process::let_forks_inherit();
    ATTACHED.take().filter(|wire| wire.is_ours())
}

/// The wire of this response, as long as this process may use it.
pub(super) fn wire() -> Option<&'static Wire> {
    // SAFETY: null, or the wire that `ATTACHED` keeps until `detach`, which runs on this thread.
    // Callers are hooks, and let go of it before anything else can run.
    unsafe { WIRE.get().as_ref() }.filter(|wire| wire.is_ours())
}

/// The end of what was written to the response last.
pub(super) fn tail() -> Tail {
    wire().map_or_else(|| TAIL.get(), Wire::tail)
}

/// Whether something was written that [`flushed`] was not told of.
pub(super) fn has_unflushed() -> bool {
    UNFLUSHED.get()
}

/// Notes that all is flushed.
pub(super) fn flushed() {
    UNFLUSHED.set(false);
}

/// Whether others than a stream of ours have written to this response.
pub(super) fn was_echoed_to() -> bool {
    ECHOED.get()
}

/// Runs a write of a stream's that comes by the way that others' take.
pub(super) fn not_as_echo(write: impl FnOnce()) {
    let before = ECHOED.get();
    write();
    ECHOED.set(before);
}

/// Writes to the SAPI, past PHP's output buffers. The headers must be out.
///
/// May `longjmp`, unless the request ignores user aborts.
pub(super) fn write(bytes: &[u8]) -> usize {
    if process::is_cut_off() {
        return bytes.len();
    }
    put_out(bytes)
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
    if headers::is_nothing(bytes) || process::is_cut_off() || !beside::belongs() {
        return length;
    }
    ECHOED.set(true);
    // SAFETY: the caller vouches for the bytes.
    put_out(unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) })
}

/// Writes to the wire, or the server. May `longjmp`; this frame, and its callers', own nothing then.
fn put_out(written: &[u8]) -> usize {
    let Some(originals) = ORIGINALS.get() else { return 0 };
    let (bytes, length) = (written.as_ptr().cast::<c_char>(), written.len());
    UNFLUSHED.set(true);
    let Some(wire) = wire() else {
        if TOLD.get().is_some() {
            abort();
            return length;
        }
        TAIL.set(TAIL.get().after(written));
        // SAFETY: the arguments are passed on as they came; this frame owns nothing.
        return unsafe { (originals.ub_write)(bytes, length) };
    };
    if wire.client_is_gone() || adoption::ends_here(wire) {
        abort();
        return length;
    }
    if wire.is_direct() {
        if wire.echo(written).is_err() {
            abort();
        }
        return length;
    }
    let mut taken = 0;
    // In slices: the write timeout is for a client that takes nothing, not for one that takes its time.
    for slice in written.chunks(SLICE) {
        taken += output::ignoring_abort(|| {
            let bytes = slice.as_ptr().cast();
            // SAFETY: as above; while aborts are ignored, the original returns.
            wire.through_server(slice, || unsafe { (originals.ub_write)(bytes, slice.len()) })
        });
        abort_if_gone();
    }
    if wire.held_back() > HELD_BACK_MAX
        && let Some(original) = originals.flush
    {
        flush_server(wire, original, globals::sapi(|sapi| sapi.server_context));
    }
    taken
}

/// Our `flush`.
///
/// # Safety
///
/// As the SAPI's own.
unsafe extern "C" fn flush(context: *mut c_void) {
    let Some(original) = ORIGINALS.get().and_then(|originals| originals.flush) else { return };
    UNFLUSHED.set(false);
    let Some(wire) = wire() else {
        if TOLD.get().is_some() {
            return abort();
        }
        // SAFETY: the argument is passed on as it came; this frame owns nothing.
        unsafe { original(context) };
        adoption::flushed();
        return;
    };
    if wire.is_direct() {
        if wire.flush().is_err() {
            abort();
        }
        return;
    }
    flush_server(wire, original, context);
}

/// Has the server send what it holds back.
fn flush_server(wire: &Wire, original: Flush, context: *mut c_void) {
    output::ignoring_abort(|| {
        // SAFETY: the argument is the server's own; while aborts are ignored, the original returns.
        wire.through_server(b"", || unsafe { original(context) });
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
    let Some(wire) = wire() else {
        // SAFETY: the arguments are passed on as they came; this frame owns nothing.
        return unsafe { original(message, level) };
    };
    let flush = ORIGINALS.get().and_then(|originals| originals.flush);
    output::ignoring_abort(|| {
        wire.through_server(b"", || {
            // SAFETY: as above; while aborts are ignored, the original returns.
            unsafe { original(message, level) };
            if let Some(flush) = flush.filter(|_| wire.is_direct()) {
                let context = globals::sapi(|sapi| sapi.server_context);
                // SAFETY: as above. The server keeps log messages in a buffer that nobody else
                // flushes while the wire is direct.
                unsafe { flush(context) };
            }
        });
    });
}

/// Logs where the process logs, for a worker whose server would send it over a connection that is gone.
fn log_to_stderr(message: *const c_char) {
    // SAFETY: the engine's messages end with a NUL.
    let length = unsafe { libc::strlen(message) };
    let parts = [(c"PHP message: ".as_ptr(), 13), (message, length), (c"\n".as_ptr(), 1)];
    let parts = parts
        .map(|(text, length)| libc::iovec { iov_base: text.cast_mut().cast(), iov_len: length });
    // SAFETY: three texts of these lengths; they are only read. If it fails there is nobody to tell.
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
    if let Some(wire) = wire() {
        wire.pause();
    }
    // SAFETY: the arguments are passed on as they came; this frame owns nothing.
    let read = unsafe { original(buffer, length) };
    if let Some(wire) = wire() {
        wire.resume();
    }
    read
}

/// Our part of the engine's interrupt function, which runs between two opcodes.
///
/// # Safety
///
/// As the engine's own.
unsafe extern "C" fn interrupted(frame: *mut zend_execute_data) {
    if wire().is_some_and(Wire::take_interrupt)
        && let Some(on_interrupt) = ON_INTERRUPT.get()
    {
        on_interrupt();
    }
    if let Some(original) = ORIGINALS.get().and_then(|originals| originals.interrupt) {
        // SAFETY: the argument is passed on as it came; this frame owns nothing.
        unsafe { original(frame) };
    }
}

fn abort_if_gone() {
    if output::client_is_gone() {
        abort();
    }
}

/// Notes that the connection of this response was given away.
pub(super) fn note_parted() {
    PARTED.set(true);
}

/// Notes that the API has told the script that its client is gone. Who knows may go on for a while: what
/// is output meanwhile goes nowhere, and only after that it ends the script.
pub(super) fn note_told() {
    if TOLD.get().is_none() {
        TOLD.set(Some(Instant::now()));
    }
    output::note_client_gone();
}

/// Lets PHP know that the client is gone; it ends the script, unless that wants to go on, or was told a
/// moment ago. The caller owns nothing.
fn abort() {
    if TOLD.get().is_none_or(|told| told.elapsed() >= GRACE) {
        output::abort();
    }
}
