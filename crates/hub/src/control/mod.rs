//! The first thread: answers requests on the control socket.
//!
//! # Layout
//!
//! * `event_loop`: waits for connections, bytes, signals and Redis, and handles each in turn
//! * `requests`: answers requests
//! * `pending`: publishers that wait for Redis
//! * `location`: keeps the hub where clients look for it; `watch`: reports that its files were removed
//! * `upgrade`: passes everything on to another program, and restores what it has received
//! * `state`: the state that these share

mod event_loop;
mod location;
mod pending;
mod requests;
mod state;
mod upgrade;
mod watch;

pub(crate) use state::Control;
