//! How streams end when they do not end by themselves: clients that leave or read nothing, servers
//! that reload or stop, scripts that die; and what is left of them in the worker: nothing.
//!
//! # Layout
//! - [`stage`]: what streams run on, and the visitors that watch them
//! - [`disconnect`], [`disconnects`]: clients that leave
//! - [`closed`]: streams that end before their scripts
//! - [`beside`]: whose output belongs to them
//! - [`deaf`]: scripts that do not listen when they are told so
//! - [`echoes`]: when a client gets what a script has echoed
//! - [`children`]: what workers fork and start
//! - [`overstay`]: scripts that go on when their client has left
//! - [`memory`]: scripts that run out of it
//! - [`within`]: requests within requests
//! - [`reloads`], [`early`], [`cut`]: servers that reload or stop; before the stream; within an event
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
mod interrupts;
mod memory;
mod overstay;
mod random;
mod reloads;
mod served;
mod signals;
mod stage;
mod stalls;
mod stops;
mod within_apache;
