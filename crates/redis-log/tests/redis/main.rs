//! The log on a real Redis, which is killed, emptied, trimmed, frozen and locked.
//!
//! # Layout
//! * `server`, `sentinel`, `proxy`: a Redis, sentinels, and what stands in between
//! * `hub`: a hub with its log
//! * `following`, `publishing`, `ranges`: events that are read, appended, and read again
//! * `emptying`, `losing`: events that Redis has lost
//! * `hostile`, `idle`, `access`, `trouble`: answers that are wrong, connections that end, TLS and passwords, what is
//!   said
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
