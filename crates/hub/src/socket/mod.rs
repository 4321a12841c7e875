//! The control socket: who may connect, and the messages of each connection.
//!
//! The invariant: whatever a peer sends costs it its connection at most.
//!
//! # Layout
//!
//! * `listener`: the socket, its lock, and who may connect
//! * `connection`: one connection: its bytes, messages and descriptors

pub(crate) mod connection;
pub(crate) mod listener;
