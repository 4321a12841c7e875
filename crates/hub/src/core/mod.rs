//! What the hub decides: which id an event gets, what a stream has missed, who may have one more.
//!
//! The invariant: everything goes through here in one order, so every stream sees events in the order of
//! their ids.

mod log_updates;
mod new_subscriber;
mod pending;
mod replay;
mod scan;
mod state;
mod subscribe;

pub(crate) use new_subscriber::{Cursor, NewSubscriber};
pub(crate) use state::Core;
