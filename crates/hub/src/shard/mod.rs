//! A thread that holds connections: it sends them what the core passes on, in the core's order.
//!
//! The invariant: commands are executed in order. A subscriber comes with what it has missed so far, and what is
//! published later comes later, so that there is neither a gap nor a repeat between.
//!
//! # Layout
//!
//! * `handle`: the core's end: starts the thread, and queues commands for it
//! * `command`: what the core may ask
//! * `event_loop`: the thread: sockets, timers, heartbeats, ends
//! * `execute`: what it does for each command
//! * `fan_out`: updates, replays, resets and positions, on their way into queues
//! * `slow_clients`: who is dropped when too much waits
//! * `goodbye`: the last bytes of a stream
//! * `registry`: the subscribers, by token and by topic
//! * `subscriber`, `queue`: one connection, and what waits to be sent on it
//! * `positions`: the position that each client knows, and when it has to be told another
//! * `replay_channel`: what the core and a shard share of a subscriber that waits for what it has missed

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
pub(crate) use replay_channel::{ReplayProgress, ReplaySender, Waker, replay_channel};
pub(crate) use subscriber::{Schedule, Subscriber};
