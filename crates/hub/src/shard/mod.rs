//! A thread that holds connections: it sends them what the core passes on, in the core's order.
//!
//! The invariant: commands are obeyed in order. A stream that joins comes with what it has missed so far,
//! and what is published later comes later, so that there is neither a gap nor a repeat between.

mod catching_up;
mod command;
mod course;
mod ending;
mod handle;
mod obeying;
mod roll;
mod stream;
mod work;

pub(crate) use catching_up::{Bell, Missing, Taker, tie};
pub(crate) use command::{Command, Replay};
pub(crate) use course::{Known, Retention};
pub(crate) use handle::Shard;
pub(crate) use stream::{Inherited, Queue, Stream, Timing};
