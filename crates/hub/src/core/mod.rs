//! What the hub decides: which id an event gets, what a stream has missed, who may have one more.
//!
//! The invariant: everything goes through here in one order, so every stream sees events in the order of
//! their ids.

mod going_live;
mod joining;
mod log_updates;
mod replay;
mod state;
mod waiting;
mod walk;

pub(crate) use joining::{Cursor, Joining};
pub(crate) use state::Core;
