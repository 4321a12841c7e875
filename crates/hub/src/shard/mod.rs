//! A shard: a thread that holds connections and sends them updates in the core's order.
//!
//! The invariant: commands are executed in order. A subscriber comes with its replay so far, and what is published
//! later comes later, so that there is neither a gap nor a repeat between.
//!
//! # Layout
//!
//! * `handle`: the core's handle: starts the thread, and queues commands for it
//! * `command`: the commands of the core
//! * `event_loop`: the thread: sockets, timers, ends; `heartbeats`: what is sent in silence
//! * `execute`: the execution of each command
//! * `fan_out`: updates, replays, resets and positions, on their way into queues
//! * `slow_clients`: drops slow clients when too much is kept for them
//! * `goodbye`: the last bytes of a stream
//! * `registry`: the subscribers, by token and by topic; `members`: lists of them
//! * `subscriber`, `queue`: one connection, and its queue; `pushing`: what is queued for it, in its content coding
//! * `segment`: pieces that compressed streams share; `group`: the streams that share them, and their encoder; `groups`:
//!   all of these; `sharing`: updates, heartbeats and positions, on their way into their queues
//! * `positions`: the position that each client knows, and when it needs another
//! * `tests`: compressed streams beside the same streams without compression
//! * `replay_channel`: the state of a replay that the core and the shard share

mod command;
mod event_loop;
mod execute;
mod fan_out;
mod goodbye;
mod group;
mod groups;
mod handle;
mod heartbeats;
mod members;
mod positions;
mod pushing;
mod queue;
mod registry;
mod replay_channel;
mod segment;
mod sharing;
mod slow_clients;
mod subscriber;
#[cfg(test)]
mod tests;

pub(crate) use command::{Command, ReplayBatch};
pub(crate) use handle::Shard;
pub(crate) use positions::{KnownPosition, Retention};
pub(crate) use queue::{Queue, Shared};
pub(crate) use replay_channel::{
    PageInFlight, ReplayProgress, ReplaySender, Waker, replay_channel,
};
pub(crate) use segment::Compression;
pub(crate) use subscriber::{Schedule, Subscriber};
