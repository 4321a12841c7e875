//! The engine, for any extension: its calls, values, classes and settings, and how it unwinds.
//!
//! Safe functions over what the engine offers, each small enough to be checked by itself. Nothing in
//! here knows servers or event streams.
//!
//! Two rules hold everywhere. A call that can `longjmp` (a "bailout": a fatal error in a callback, a
//! timeout, PHP's own end of an aborted request) is made where no lock, borrow or owner of this
//! extension is alive, or inside [`bailout::guarded`]; values of PHP's are [`owned::Owned`]. And no
//! reference into the engine's globals is held across a call into the engine.
//!
//! # Layout
//! * `ffi`, `versions`: declarations, and what differs between versions of PHP
//! * `engine`, `globals`, `native`: calls, globals, PHP's own functions
//! * `bailout`, `owned`: bailouts that are caught, and values that are let go of
//! * `value`, `coercion`, `json`: PHP values, and arguments as PHP takes them
//! * `class`, `record`, `fast_method`: classes as the stub has them, and shorter ways into them
//! * `ini`, `log`: settings; the error log
//! * `streams/`: PHP's streams

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
