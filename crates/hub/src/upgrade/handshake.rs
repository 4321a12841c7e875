//! The options and bytes that coordinate the two programs of an upgrade.

use std::time::Duration;

/// The option that makes a program take over what its standard input sends.
pub(super) const TAKE_OVER: &str = "--take-over";

/// The option that makes a program take that, and send it back.
pub(super) const CARRY: &str = "--carry";

/// The time that each waits for the other.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The byte that the courier sends when it has decoded everything.
pub(super) const DONE: u8 = b'!';

/// The longest record, in bytes: the old program is trusted, whatever the size of its state.
pub(super) const LONGEST: usize = u32::MAX as usize;
