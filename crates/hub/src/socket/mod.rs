//! The control socket: who may speak, and the bytes of each connection.
//!
//! The invariant: whatever is sent here, by whom ever, costs its sender the connection at most.
//!
//! # Layout
//!
//! * `listener`: the socket, its lock, and who may connect
//! * `connection`: one connection: bytes in, messages out, and the other way round

pub(crate) mod connection;
pub(crate) mod listener;
