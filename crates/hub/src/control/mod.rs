//! The first thread: what is asked for at the control socket, and what is said.
//!
//! # Layout
//! * `event_loop`: what happens, in turn
//! * `requests`: what is asked and answered
//! * `pending`: publishers that wait for Redis
//! * `location`: that the hub stays where it is looked for; `watch`: what says that it does not
//! * `upgrade`: how it goes on as another program
//! * `state`: what these have in common

mod event_loop;
mod location;
mod pending;
mod requests;
mod state;
mod upgrade;
mod watch;

pub(crate) use state::Control;
