//! A thread that holds connections: it sends them what the core passes on, in the core's order.
//!
//! The invariant: commands are obeyed in order. A stream that joins comes with what it has missed so far,
//! and what is published later comes later, so that there is neither a gap nor a repeat between.

mod command;
mod event_loop;
mod execute;
mod goodbye;
mod handle;
mod positions;
mod registry;
mod replay_channel;
mod subscriber;

pub(crate) use command::{Command, ReplayBatch};
pub(crate) use handle::Shard;
pub(crate) use positions::{KnownPosition, Retention};
pub(crate) use replay_channel::{ReplayProgress, ReplaySender, Waker, replay_channel};
pub(crate) use subscriber::{Inherited, Queue, Schedule, Subscriber};
