//! The control socket: who may speak, and the bytes of each connection.
//!
//! The invariant: whatever is sent here, by whom ever, costs its sender the connection at most.

pub(crate) mod connection;
pub(crate) mod listener;
