//! The operating system: processes, sockets, waiting, signals, the clock.
//!
//! # Layout
//! * `process`, `unshared`: this process, and descriptors that its forks do not share
//! * `socket`, `peers`, `poll`, `waker`: sockets, one found by its other end, and waiting for them
//! * `signal_mask`, `symbol`: signals that a thread does not take; functions of the running program
//! * `clock`: the monotonic clock

pub(crate) mod clock;
pub(crate) mod peers;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod signal_mask;
pub(crate) mod socket;
pub(crate) mod symbol;
pub(crate) mod unshared;
pub(crate) mod waker;
