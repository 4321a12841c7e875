//! Upgrades a running hub to another program: the same process, the same streams.
//!
//! The process has to stay: systemd, supervisor and a container's init know the hub by it, and a container ends with
//! its first process, which the hub may be. So the hub runs the new program twice:
//!
//! 1. As a child, the courier, which gets everything through a socket that is its standard input: a hello, the
//!    listening socket and its lock, events, connections and what is queued for them, streams that wait for Redis. It
//!    confirms when it has decoded all of it.
//! 2. In place of the old program (execve(2)), with the other end of that socket as standard input. There it gets
//!    everything back from the courier, which exits.
//!
//! The invariant: if anything fails before the second step (the new program does not start, or does not decode
//! everything, or does not confirm within [`handshake::PATIENCE`]), the old program goes on as if nothing had
//! happened. From the first step until the new program has everything, nobody serves: bytes of clients and publishers
//! wait in their connections.
//!
//! # Layout
//! * `courier`: the two steps
//! * `sender`, `receiver`: both ends of the socket
//! * `snapshot`: all that is passed on; `record`: its messages
//! * `handshake`: options and bytes that coordinate both; `error`: why an upgrade fails

mod courier;
mod error;
mod handshake;
mod receiver;
mod record;
mod sender;
mod snapshot;

pub(crate) use courier::{carry, hand_on};
pub(crate) use receiver::receive;
pub(crate) use snapshot::{Snapshot, SnapshotRef};
