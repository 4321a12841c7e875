//! What the operating system offers: processes, sockets, waiting, the clock.

pub(crate) mod clock;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod signal_mask;
pub(crate) mod socket;
pub(crate) mod symbol;
pub(crate) mod unshared;
pub(crate) mod waker;
