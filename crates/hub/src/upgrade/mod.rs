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
//! or says nothing within [`PATIENCE`]), the old program goes on as if nothing had been. From the first step until
//! the new program has everything, nobody serves: what clients and publishers say waits in their connections.

mod courier;
mod giving;
mod record;
mod taking;

use std::time::Duration;

pub(crate) use courier::{carry, hand_on};
pub(crate) use giving::Legacy;
pub(crate) use taking::{Estate, receive};

/// The option that has a program go on with what its standard input gives it.
const TAKE_OVER: &str = "--take-over";

/// The option that has a program take that, and give it back.
const CARRY: &str = "--carry";

/// How long each waits for the other.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the courier says when it has understood everything.
const DONE: u8 = b'!';

/// The longest record, in bytes: the old program is trusted, and whatever it has is passed on.
const LONGEST: usize = u32::MAX as usize;
