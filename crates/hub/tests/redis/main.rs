//! Hubs that share their events through a real Redis.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod connection;
mod first_visits;
mod hubs;
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
