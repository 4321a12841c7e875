//! PHP's server API: every unsafe line of the extension.
//!
//! Safe functions over what the engine offers, each small enough to be checked by itself. Nothing in
//! here decides anything about event streams.
//!
//! Two rules hold everywhere. A call that can `longjmp` (a "bailout": a fatal error in a callback, a
//! timeout, PHP's own end of an aborted request) is made where no lock, borrow or owner of this
//! extension is alive, or inside [`bailout::guarded`]; values of PHP's are [`owned::Owned`]. And no reference into the engine's globals is
//! held across a call into the engine.

#![allow(unsafe_code, reason = "this is the one module that talks to the engine")]

pub(crate) mod adoption;
mod apache;
mod apache_variables;
pub(crate) mod bailout;
pub(crate) mod beside;
mod cli_server;
pub(crate) mod clock;
mod connection;
pub(crate) mod declare;
pub(crate) mod diagnosis;
pub(crate) mod engine;
mod fastcgi;
mod ffi;
mod framing;
mod globals;
mod hand_off;
pub(crate) mod head;
pub(crate) mod headers;
pub(crate) mod hooks;
mod in_front;
pub(crate) mod ini;
pub(crate) mod json;
pub(crate) mod keeper;
pub(crate) mod late_head;
pub(crate) mod log;
mod native;
mod obstacle;
pub(crate) mod output;
pub(crate) mod overrides;
mod owned;
mod poll;
pub(crate) mod pool;
pub(crate) mod process;
pub(crate) mod record;
pub(crate) mod request;
mod server;
pub(crate) mod session;
pub(crate) mod shortcut;
pub(crate) mod signals;
mod socket;
mod stdio;
pub(crate) mod streams;
pub(crate) mod takeover;
mod transport;
pub(crate) mod unshared;
pub(crate) mod value;
mod versions;
mod wire;

pub(crate) use connection::{PhpConnection, Wishes};
pub(crate) use hand_off::{Offer, Shape};
pub(crate) use server::Server;
