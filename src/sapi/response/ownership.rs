//! Whose output belongs to a stream. What the code that opened it echoes does: in the function that called
//! `start()`, in what that calls, and in whoever holds the `Sse` object that it returned. A framework's page
//! after that, or one about an exception that has left that code, does not, and goes nowhere.
//!
//! Frames are only compared, by their address and their function, with those that are on the stack now.

use std::cell::{Cell, RefCell};

use ext_php_rs::ffi::{zend_execute_data, zend_function, zend_object};
use ext_php_rs::types::ZendObject;
use once_cell::sync::OnceCell;

use crate::stream::Bailout;
use crate::zend::bailout::guarded;
use crate::zend::engine::{is_unwinding, running_frame};
use crate::zend::ffi::{self, ThrowHook};

/// A frame of the script's, as it was when the stream was opened.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Frame {
    address: *const zend_execute_data,
    function: *const zend_function,
}

/// Who opened the stream of this response.
struct Opener {
    /// The function that did, the one that has called it, and so on, to the script.
    frames: Vec<Frame>,
    /// The `Sse` object, which lives until the request ends.
    object: *const zend_object,
    /// When something was thrown last, the innermost of these that it could end.
    thrown_into: Option<Frame>,
}

static ORIGINAL: OnceCell<Option<ThrowHook>> = OnceCell::new();

thread_local! {
    static OPENER: RefCell<Option<Opener>> = const { RefCell::new(None) };
    /// Whether a callback of the stream's is running.
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hook on exceptions. Called once, at module start-up.
pub(crate) fn install() {
    // SAFETY: modules start up on one thread.
    let original = unsafe { ffi::zend_throw_exception_hook };
    if ORIGINAL.set(original).is_ok() {
        // SAFETY: as above.
        unsafe { ffi::zend_throw_exception_hook = Some(thrown) };
    }
}

/// Removes the hook. Called once, at module shutdown.
pub(crate) fn remove() {
    if let Some(original) = ORIGINAL.get() {
        // SAFETY: modules shut down on one thread, after the last request.
        unsafe { ffi::zend_throw_exception_hook = *original };
    }
}

/// Forgets the last stream. Called when a request begins, and before its objects go.
pub(crate) fn forget() {
    OPENER.take();
    IN_CALLBACK.set(false);
}

/// Runs a callback of the stream's, whose output belongs to it whenever it comes.
///
/// # Errors
///
/// [`Bailout`], as [`guarded`].
pub(crate) fn in_callback<R>(callback: impl FnOnce() -> R) -> Result<R, Bailout> {
    let before = IN_CALLBACK.replace(true);
    let result = guarded(callback);
    IN_CALLBACK.set(before);
    result
}

/// Notes who opens the stream: the code that has called the running function. A file that is included is
/// part of who includes it.
pub(crate) fn note_opener(object: &ZendObject) {
    let mut frames: Vec<_> = stack().filter(is_script).collect();
    let files = frames.iter().take_while(|frame| is_file(frame)).count();
    frames.drain(..files.min(frames.len().saturating_sub(1)));
    OPENER.replace(Some(Opener { frames, object, thrown_into: None }));
}

/// Whether what is output now belongs to the stream, if there is one.
pub(crate) fn belongs() -> bool {
    OPENER.with_borrow_mut(|opener| match opener {
        Some(opener) if !IN_CALLBACK.get() => opener.owns_output(),
        _ => true,
    })
}

impl Opener {
    fn owns_output(&mut self) -> bool {
        let (Some(&function), Some(&script)) = (self.frames.first(), self.frames.last()) else {
            return true;
        };
        if self.thrown_into.is_some_and(is_running) && !is_unwinding() {
            // It was caught in there.
            self.thrown_into = None;
        }
        if self.thrown_into.is_some_and(|frame| !is_running(frame)) {
            return false;
        }
        if stack().next().is_none() {
            // Buffers that a script has left open when it came to its end.
            return function == script;
        }
        // SAFETY: we hold it, until `forget`.
        let held = is_held(unsafe { &*self.object });
        is_running(function) || (held && is_running(script))
    }

    fn note_thrown(&mut self) {
        if self.thrown_into.is_none_or(is_running) {
            self.thrown_into = self.frames.iter().copied().find(|frame| is_running(*frame));
        }
    }
}

/// Whether somebody has an object beside us.
pub(crate) fn is_held(object: &ZendObject) -> bool {
    object.gc.refcount > 1
}

fn is_running(frame: Frame) -> bool {
    stack().any(|running| running == frame)
}

/// The frames on the stack, innermost first.
fn stack() -> impl Iterator<Item = Frame> + Clone {
    let innermost: *const zend_execute_data = running_frame();
    let addresses = std::iter::successors(Some(innermost), |address| {
        // SAFETY: a frame on the stack; those before it outlive it.
        unsafe { address.as_ref() }.map(|frame| frame.prev_execute_data.cast_const())
    });
    addresses.take_while(|address| !address.is_null()).map(|address| {
        // SAFETY: as above.
        Frame { address, function: unsafe { (*address).func } }
    })
}

/// Whether the frame is one of PHP code: no native function, and none of the engine's own.
fn is_script(frame: &Frame) -> bool {
    const USER_FUNCTION: u8 = 2;
    const EVAL_CODE: u8 = 4;
    // SAFETY: null, or the function that a frame on the stack runs.
    let function = unsafe { frame.function.as_ref() };
    // SAFETY: `type_` is the first field of every kind of function.
    let kind = function.map(|function| unsafe { function.type_ });
    kind == Some(USER_FUNCTION) || kind == Some(EVAL_CODE)
}

/// Whether the frame runs a file, and no function in it.
fn is_file(frame: &Frame) -> bool {
    // SAFETY: as in `is_script`.
    let function = unsafe { frame.function.as_ref() };
    // SAFETY: `common` is the prefix that every kind of function shares.
    function.is_some_and(|function| unsafe { function.common.function_name.is_null() })
}

/// Our part of what the engine does when something is thrown.
///
/// # Safety
///
/// As the engine's own.
unsafe extern "C" fn thrown(exception: *mut zend_object) {
    OPENER.with_borrow_mut(|opener| opener.iter_mut().for_each(Opener::note_thrown));
    if let Some(original) = ORIGINAL.get().copied().flatten() {
        // SAFETY: the argument is passed on as it came; this frame owns nothing.
        unsafe { original(exception) };
    }
}
