//! Decides whose output belongs to a stream: only that of the code that opened it.
//!
//! That is the function that called `start()`, all that it calls, and the code that holds the `Sse` object. A
//! framework's page after that, or one about an exception that has left that code, goes nowhere.
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

/// The code that opened the stream of this response.
struct Opener {
    /// The function that did, the one that has called it, and so on, to the script.
    frames: Vec<Frame>,
    /// The `Sse` object, which lives until the request ends.
    object: *const zend_object,
    /// The innermost of these frames that the exception which was thrown last could end in.
    thrown_into: Option<Frame>,
}

static ORIGINAL: OnceCell<Option<ThrowHook>> = OnceCell::new();

thread_local! {
    static OPENER: RefCell<Option<Opener>> = const { RefCell::new(None) };
    /// True while a callback of the stream's is running.
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Installs the hook on exceptions. Called once, at module start-up.
pub(crate) fn install() {
    // SAFETY: a pointer, which is copied; modules start up on one thread, so that nobody writes to it.
    let original = unsafe { ffi::zend_throw_exception_hook };
    let _ = ORIGINAL.set(original);
    // SAFETY: as above: nobody reads it meanwhile, and no script runs before modules have started up.
    unsafe { ffi::zend_throw_exception_hook = Some(thrown) };
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

/// True if what is output now belongs to the stream, or there is none.
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
        // SAFETY: whoever has noted the opener holds the object, and calls `forget` before it lets go of it. It is
        // only read.
        let held = is_held(unsafe { &*self.object });
        is_running(function) || (held && is_running(script))
    }

    fn note_thrown(&mut self) {
        if self.thrown_into.is_none_or(is_running) {
            self.thrown_into = self.frames.iter().copied().find(|frame| is_running(*frame));
        }
    }
}

/// True if somebody has an object beside us.
pub(crate) fn is_held(object: &ZendObject) -> bool {
    object.gc.refcount > 1
}

fn is_running(frame: Frame) -> bool {
    stack().any(|running| running == frame)
}

/// Returns the frames on the stack, innermost first.
fn stack() -> impl Iterator<Item = Frame> + Clone {
    let innermost: *const zend_execute_data = running_frame();
    let addresses = std::iter::successors(Some(innermost), |address| {
        // SAFETY: null, or a frame on the stack of this thread: the running one, or one before it, which outlives it.
        // The iterator is used up before anything is called.
        unsafe { address.as_ref() }.map(|frame| frame.prev_execute_data.cast_const())
    });
    addresses.take_while(|address| !address.is_null()).map(|address| {
        // SAFETY: as above, and not null.
        Frame { address, function: unsafe { (*address).func } }
    })
}

/// True if the frame is one of PHP code: no native function, and none of the engine's own.
fn is_script(frame: &Frame) -> bool {
    const USER_FUNCTION: u8 = 2;
    const EVAL_CODE: u8 = 4;
    // SAFETY: null, or the function that a frame runs which is on the stack now, as the caller has just found it
    // there.
    let function = unsafe { frame.function.as_ref() };
    // SAFETY: `type_` is the first field of every kind of function, so that each has set it.
    let kind = function.map(|function| unsafe { function.type_ });
    kind == Some(USER_FUNCTION) || kind == Some(EVAL_CODE)
}

/// True if the frame runs a file, and no function in it.
fn is_file(frame: &Frame) -> bool {
    // SAFETY: as in `is_script`.
    let function = unsafe { frame.function.as_ref() };
    // SAFETY: `common` is the prefix that every kind of function shares; only a pointer of it is looked at.
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
        // SAFETY: the hook that stood there before, with the exception as it came. It may bail out: this frame owns
        // nothing, and the borrow above has ended.
        unsafe { original(exception) };
    }
}
