//! The classes that scripts see. Every method parses its arguments, makes one call, and converts the
//! answer; no file in here knows the protocol.
//!
//! # Layout
//! * `module`, `current`: start-up and shutdown; the request's stream
//! * `sse/`: `Sse`
//! * `event`, `event_object`, `parser`, `stop_reason`, `exception`: the other classes
//! * `arguments`, `options`, `payload`, `bytes`: what methods take and return
//! * `fault`: what can go wrong, and its way to PHP
//! * `hub_settings`, `fallback`, `jitter`: the hub's settings; streams that it does not take; when clients come back
//! * `doctor`: the report

mod arguments;
mod bytes;
mod current;
mod doctor;
mod event;
mod event_object;
mod exception;
mod fallback;
mod fault;
mod hub_settings;
mod jitter;
mod module;
mod options;
mod parser;
mod payload;
mod sse;
mod stop_reason;
