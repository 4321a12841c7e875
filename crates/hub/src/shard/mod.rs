//! A shard: a thread that holds connections and sends them updates in the core's order.
//!
//! The invariant: commands are executed in order. A subscriber comes with its replay so far, and what is published
//! later comes later, so that there is neither a gap nor a repeat between.
//!
//! # Layout
//!
//! * `handle`: the core's handle: starts the thread, and queues commands for it
//! * `command`: the commands of the core
//! * `event_loop`: the thread: sockets, timers, heartbeats, ends
//! * `execute`: the execution of each command
//! * `fan_out`: updates, replays, resets and positions, on their way into queues
//! * `slow_clients`: drops slow clients when too much is kept for them
//! * `goodbye`: the last bytes of a stream
//! * `registry`: the subscribers, by token and by topic
//! * `subscriber`, `queue`: one connection, and its queue
//! * `positions`: the position that each client knows, and when it needs another
//! * `replay_channel`: the state of a replay that the core and the shard share

mod command;
mod event_loop;
mod execute;
mod fan_out;
mod goodbye;
mod handle;
mod positions;
mod queue;
mod registry;
mod replay_channel;
mod slow_clients;
mod subscriber;

pub(crate) use command::{Command, ReplayBatch};
pub(crate) use handle::Shard;
pub(crate) use positions::{KnownPosition, Retention};
pub(crate) use queue::{Inherited, Queue};
pub(crate) use replay_channel::{
    PageInFlight, ReplayProgress, ReplaySender, Waker, replay_channel,
};
pub(crate) use subscriber::{Schedule, Subscriber};
