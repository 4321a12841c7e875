//! The control socket: who may speak, and what is said.
//!
//! The invariant: whatever is sent here, by whom ever, costs its sender the connection at most.

mod answering;
mod connection;
mod keeping;
mod listener;
mod serving;
mod succession;
mod waiting;

pub(crate) use connection::{Accepted, Connection};
pub(crate) use listener::Listener;
pub(crate) use serving::Control;
