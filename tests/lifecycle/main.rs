//! Streams that do not end by themselves: clients that leave or read nothing, servers
//! that reload or stop, scripts that die; and what is left of them in the worker: nothing.
//!
//! # Layout
//! - [`stage`], [`served`]: servers, and the visitors that watch them; a server of a test's own
//! - [`disconnect`], [`disconnects`], [`stalls`]: clients that leave, and those that read nothing
//! - [`closed`], [`beside`], [`echoes`]: streams that end before their scripts; whose output belongs to them,
//!   and when it goes out
//! - [`promised`]: responses in the content coding of `Sse::headers()`
//! - [`deaf`], [`overstay`], [`interrupts`]: scripts that go on when their client has left, and those that are left
//! - [`children`], [`memory`]: what workers fork and start; scripts that run out of memory
//! - [`stops`], [`reloads`], [`early`], [`cut`], [`signals`]: servers that stop or reload; before the stream;
//!   within an event; what signals mean otherwise
//! - [`within_apache`], [`frankenphp`]: requests within requests; clients by HTTP/2, and beside one that reads nothing
//! - [`endurance`], [`random`]: thousands of requests through one worker; chance that can be repeated
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod beside;
mod children;
mod closed;
mod cut;
mod deaf;
mod disconnect;
mod disconnects;
mod early;
mod echoes;
mod endurance;
mod frankenphp;
mod interrupts;
mod memory;
mod overstay;
mod promised;
mod random;
mod reloads;
mod served;
mod signals;
mod stage;
mod stalls;
mod stops;
mod within_apache;
