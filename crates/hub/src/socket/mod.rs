//! The control socket: who may speak, and the bytes of each connection.
//!
//! The invariant: whatever is sent here, by whom ever, costs its sender the connection at most.
//!
//! # Layout
//! * `listener`: the socket, and who may open it
//! * `connection`: one connection, its bytes and messages

pub(crate) mod connection;
pub(crate) mod listener;
