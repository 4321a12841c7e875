//! The decisions of the hub: which id an update gets, what a subscriber has missed, whose stream makes room for
//! another.
//!
//! The invariant: everything goes through here in one order, so every subscriber gets updates in the order of
//! their ids.
//!
//! # Layout
//!
//! * `state`: what the hub has, and what is done with it: publish, drop, drain, end
//! * `new_subscriber`: a connection that is to become a subscriber, and from where it goes on
//! * `subscribe`: makes it one: live at once, or after a replay, or with a reset
//! * `replay`: subscribers that wait for what only Redis has; `scan` reads that once for all of them, and
//!   `pending` is who waits, and for what
//! * `log_updates`: what Redis has to say, and what becomes of it

mod log_updates;
mod new_subscriber;
mod pending;
mod replay;
mod scan;
mod state;
mod subscribe;

pub(crate) use new_subscriber::{Cursor, NewSubscriber};
pub(crate) use state::Core;
