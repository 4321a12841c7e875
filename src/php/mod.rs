//! The classes that scripts see. Every method parses its arguments, makes one call, and converts the
//! answer; no file in here knows the protocol.

mod arguments;
mod current;
mod doctor;
mod event;
mod exception;
mod fallback;
mod fault;
mod hub;
mod module;
mod options;
mod parser;
mod payload;
mod settings;
mod source;
mod sse;
mod stop_reason;
