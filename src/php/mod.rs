//! The classes that scripts see. Every method parses its arguments, makes one call, and converts the
//! answer; no file in here knows the protocol.

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
