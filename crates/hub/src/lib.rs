//! The hub: a small daemon that holds event streams, so that PHP's workers need not.
//!
//! A worker hands the connection of its client over, and is free. Whoever publishes an event tells the
//! hub, and the hub sends it to everyone who follows one of its topics.
//!
//! The invariant: each stream gets every event of its topics from its last event ID on, in order and
//! once; or it is told `reset`; or it is closed, and comes back.
//!
//! # Layout
//!
//! * `config`, `usage`: the options of the command line, and its help
//! * `socket`: the socket that workers and publishers speak to
//! * `control`: the thread that answers them
//! * `core`: what is decided, in one order: ids, what was missed, limits
//! * `log`: where events get their ids: here, or from Redis, with other hubs
//! * `shard`: the threads that hold connections and send to them
//! * `update`, `output`: a published event, and its bytes; `backlog`: those that are kept
//! * `ids`, `leases`, `timers`: the other parts that these are made of
//! * `memory`: counts the memory of all of it
//! * `directory`: where it listens, and what it keeps there; `location_error`: why it cannot
//! * `metrics`: its numbers
//! * `process`: its signals, its log, systemd
//! * `serve`, `launch`: how a hub comes into being; `start_error`: why it does not; `upgrade`: how it goes on as another program

#![forbid(unsafe_code)]

mod backlog;
mod config;
mod control;
mod core;
mod directory;
mod ids;
mod launch;
mod leases;
mod location_error;
mod log;
mod memory;
mod metrics;
mod output;
mod process;
mod serve;
mod shard;
mod socket;
mod start_error;
mod timers;
mod update;
mod upgrade;
mod usage;

pub use config::{BacklogLimits, Config, ReplayLimits};
pub use launch::launch;
pub use location_error::LocationError;
pub use serve::{LISTENING, serve};
pub use start_error::StartError;
pub use usage::USAGE;
