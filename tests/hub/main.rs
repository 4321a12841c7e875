//! Streams in the hub's hands, from every server: what their clients get, and what is left of them in
//! the workers: nothing.
//!
//! # Layout
//! - [`scene`]: a server, and a hub of its own
//! - [`moved`]: streams that leave their worker
//! - [`positions`]: clients on topics where nothing has happened yet
//! - [`served`]: streams that the worker serves with the hub's events
//! - [`kept`]: connections that the web server keeps
//! - [`hubs`]: hubs that are started, missing, frozen, or killed
//! - [`away`]: a hub that is away
//! - [`versions`]: a hub that is not of the extension's release
//! - [`finding`]: which hub a script finds
//! - [`access`]: whom a hub and its scripts trust
//! - [`gap`]: events that are published while a stream begins
//! - [`limits`]: one stream too many
//! - [`shared`]: events that are shared through Redis
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod access;
mod away;
mod finding;
mod gap;
mod hubs;
mod kept;
mod limits;
mod moved;
mod positions;
mod scene;
mod served;
mod shared;
mod versions;
