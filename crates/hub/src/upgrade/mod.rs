//! A hub that takes the place of another without a client's noticing: a new program, the same streams.
//!
//! The old hub starts the new one, with its own options, and passes everything on through a socket that
//! is the new one's standard input: a hello, the socket that it listens on and its lock, events, connections and
//! what waits to be sent on them, streams that wait for Redis. Meanwhile neither sends anything.
//!
//! The invariant: at every moment exactly one of the two serves. The new one says that it has
//! everything, the old one says farewell and ends; the new one serves only after that. Without its word
//! within [`PATIENCE`] the old one goes on as if nothing had been.

mod giving;
mod record;
mod taking;

use std::time::Duration;

pub(crate) use giving::{Legacy, hand_on};
pub(crate) use taking::{Estate, receive};

/// The option that has a hub take the place of the one that has started it.
pub const TAKE_OVER: &str = "--take-over";

/// How long either waits for the other.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the new hub says when it has everything, and the old one for farewell.
const DONE: u8 = b'!';
