//! The hub's decisions: ids of updates, replays of subscribers, streams dropped by limits.
//!
//! The invariant: everything goes through here in one order, so every subscriber gets updates in the order of
//! their ids.
//!
//! # Layout
//!
//! * `state`: the hub's state, and what changes it: publish, drop, drain, end
//! * `new_subscriber`: a connection that is to become a subscriber, and its cursor
//! * `subscribe`: makes it one: live at once, after a replay, or with a reset
//! * `replay`: subscribers that wait for a replay from Redis; `scan` reads Redis once for all of them; `pending`
//!   lists who waits, and for what
//! * `log_updates`: processes what Redis reports

mod log_updates;
mod new_subscriber;
mod pending;
mod replay;
mod scan;
mod state;
mod subscribe;

pub(crate) use new_subscriber::{Cursor, NewSubscriber};
pub(crate) use state::Core;
