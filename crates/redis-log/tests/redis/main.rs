//! The log on a real Redis, which is killed, emptied, trimmed, frozen and locked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod access;
mod emptying;
mod following;
mod hostile;
mod hub;
mod idle;
mod losing;
mod proxy;
mod publishing;
mod ranges;
mod sentinel;
mod server;
mod trouble;
