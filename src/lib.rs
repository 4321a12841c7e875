//! Server-Sent Events for PHP, as a native extension: the crate's layers.
//!
//! A script decides what to send; the extension does the rest.
//!
//! # Layout
//! Layers, each of which knows only those listed above it:
//!
//! - `event_stream`, a crate of its own: the format of the WHATWG HTML standard;
//! - [`stream`]: the life of one event stream, without PHP, unsafe code or a clock;
//! - `zend`: PHP's engine, for any extension;
//! - `sapi`: PHP's servers; these two have every unsafe line;
//! - `hub`: the extension's side of the hub, which holds streams for it;
//! - `php`: the classes that scripts see, one file each.

pub mod stream;

#[cfg(feature = "php")]
mod zend;

#[cfg(feature = "php")]
mod sapi;

#[cfg(feature = "php")]
mod hub;

#[cfg(feature = "php")]
mod php;
