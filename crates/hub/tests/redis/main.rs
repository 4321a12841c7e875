//! Hubs that share their events through a real Redis.
//!
//! # Layout
//!
//! * `shared_log`: hubs of several machines, one order of events
//! * `connection`, `trouble`: a Redis that closes connections, lies, refuses, does not answer
//! * `first_visits`, `positions`: clients that come for the first time, and what they are told of their position
//! * `replay`, `replay_storms`: clients that have missed what only Redis has
//! * `upgrade`: a hub that goes on as another program meanwhile
//! * `compressed`: compressed streams, whose clients are in `compressed_client` and `independent`
//! * `hubs`: hubs that share a Redis, and events in it
//! * `server`, `proxy`, `support`: Redis, a proxy before it, and a hub
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod compressed;
#[path = "../compressed/client.rs"]
#[allow(dead_code, reason = "other tests do more with it")]
mod compressed_client;
mod connection;
mod first_visits;
mod hubs;
#[path = "../../../content-coding/tests/responses/independent.rs"]
mod independent;
mod positions;
#[path = "../../../redis-log/tests/redis/proxy.rs"]
#[allow(dead_code, reason = "the log's own tests do more with it")]
mod proxy;
mod replay;
mod replay_storms;
#[path = "../../../redis-log/tests/redis/server.rs"]
#[allow(dead_code, reason = "the log's own tests do more with it")]
mod server;
mod shared_log;
#[path = "../support/mod.rs"]
mod support;
mod trouble;
mod upgrade;
