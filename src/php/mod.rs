//! The classes that scripts see, as thin bindings: parse, one call, convert.
//!
//! No file in here knows the protocol.
//!
//! # Layout
//! * `module`, `current`: start-up and shutdown; the request's stream
//! * `sse/`: `Sse`
//! * `event`, `event_object`, `parser`, `stop_reason`, `exception`: the other classes
//! * `arguments`, `options`, `payload`, `bytes`: arguments, options, data of events; bytes to return
//! * `fault`: the error type, and its conversion to PHP
//! * `hub_settings`, `fallback`, `jitter`: the hub's settings; streams that it does not take; a random number
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
