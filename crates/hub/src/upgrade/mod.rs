//! A hub that goes on as another program: the same process, the same streams.
//!
//! The process has to stay: systemd, supervisor and a container's init know the hub by it, and where the hub is
//! itself the first process of a container, that ends with it. So the hub runs the new program twice:
//!
//! 1. As a child, the courier, which gets everything through a socket that is its standard input: a hello, the
//!    socket that the hub listens on and its lock, events, connections and what waits to be sent on them, streams
//!    that wait for Redis. It says when it has understood all of it.
//! 2. In its own place (execve(2)), with the other end of that socket as standard input. There it gets
//!    everything back from the courier, which ends.
//!
//! The invariant: whatever fails before the second step (the new program does not start, or does not understand,
//! or says nothing within [`handshake::PATIENCE`]), the old program goes on as if nothing had been. From the first step until
//! the new program has everything, nobody serves: what clients and publishers say waits in their connections.
//!
//! # Layout
//! * `courier`: the two steps
//! * `sender`, `receiver`: both ends of the socket
//! * `snapshot`: all that is passed on; `record`: its messages
//! * `handshake`: what is said beside them; `error`: why an upgrade fails

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
