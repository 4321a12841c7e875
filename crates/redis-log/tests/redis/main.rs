//! The log on a real Redis, which is killed, emptied, trimmed, frozen and locked.
//!
//! # Layout
//!
//! * `following`, `publishing`, `ranges`: what the log does with a Redis that is well, or away
//! * `lost`, `emptying`: a stream that loses entries
//! * `idle`: connections that others close
//! * `hostile`: replies that are garbage
//! * `access`, `sentinel`: databases, TLS, sentinels
//! * `error_text`: the texts for a Redis that cannot be used
//! * `hub`, `server`, `proxy`: a hub, a Redis, and a proxy between them
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod access;
mod emptying;
mod error_text;
mod following;
mod hostile;
mod hub;
mod idle;
mod lost;
mod proxy;
mod publishing;
mod ranges;
mod sentinel;
mod server;
