//! The hub: a small daemon that holds event streams, so that PHP workers need not.
//!
//! A worker hands the connection of its client over, and is free. Publishers send events to the hub, which sends each
//! to all subscribers to one of its topics.
//!
//! The invariant: each stream gets every event of its topics from its last event ID on, in order and once; or it gets
//! a `reset`; or it is closed, and its client reconnects.
//!
//! # Layout
//!
//! * `config`, `usage`: the options of the command line; the text of `--help`
//! * `socket`: the control socket, and its connections
//! * `control`: the thread that answers requests
//! * `core`: all decisions, in one order: ids, replays, limits
//! * `log`: gives events their ids and order: in this hub alone, or in Redis
//! * `shard`: the threads that hold connections and send to them
//! * `update`, `output`: a published event; the encoding of a stream; `alone`: an event compressed by itself;
//!   `backlog`: the updates that are kept
//! * `ids`, `leases`, `timers`: ids, limits, timers
//! * `memory`: counts the memory of all of it; `encoders`: bounds that of encoders
//! * `directory`: the directory of the socket; `location_error`: a path that cannot be used
//! * `metrics`: status and metrics
//! * `process`: signals, log, systemd
//! * `serve`, `launch`: start a hub in the foreground or background; `start_error`: why it does not start; `upgrade`:
//!   replaces the program

#![forbid(unsafe_code)]

mod alone;
mod backlog;
mod config;
mod control;
mod core;
mod directory;
mod encoders;
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
