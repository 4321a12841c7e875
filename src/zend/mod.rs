//! Safe functions over PHP's engine, for any extension: calls, values, classes, settings, bailouts.
//!
//! Each is small enough to be checked by itself. Nothing in here knows servers or event streams.
//!
//! Two rules hold everywhere. A call that can `longjmp` (a "bailout": a fatal error in a callback, a
//! timeout, PHP's own end of an aborted request) is made where no lock, borrow or owner of this
//! extension is alive, or inside [`bailout::guarded`]; values of PHP's are [`owned::Owned`]. And no
//! reference into the engine's globals is held across a call into the engine.
//!
//! # Layout
//! * `ffi`, `versions`: declarations; differences between versions of PHP
//! * `engine`, `globals`, `native`: calls, globals, PHP's own functions
//! * `bailout`, `owned`: bailouts that are caught and resumed; PHP values that this extension owns
//! * `value`, `coercion`, `json`: PHP values; arguments, converted as PHP does; JSON
//! * `class`, `record`, `fast_method`: classes as the stub has them; faster handlers for some of their methods
//! * `ini`, `log`: settings; the error log
//! * `streams/`: PHP streams to wait for

#![allow(unsafe_code, reason = "this module talks to the engine")]

pub(crate) mod bailout;
pub(crate) mod class;
pub(crate) mod coercion;
pub(crate) mod engine;
pub(crate) mod fast_method;
pub(crate) mod ffi;
pub(crate) mod globals;
pub(crate) mod ini;
pub(crate) mod json;
pub(crate) mod log;
pub(crate) mod native;
pub(crate) mod owned;
pub(crate) mod record;
pub(crate) mod streams;
pub(crate) mod value;
pub(crate) mod versions;
