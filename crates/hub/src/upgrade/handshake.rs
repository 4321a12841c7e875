//! What the two programs say to each other beside the records.

use std::time::Duration;

/// The option that has a program go on with what its standard input gives it.
pub(super) const TAKE_OVER: &str = "--take-over";

/// The option that has a program take that, and give it back.
pub(super) const CARRY: &str = "--carry";

/// How long each waits for the other.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What the courier says when it has understood everything.
pub(super) const DONE: u8 = b'!';

/// The longest record, in bytes: the old program is trusted, and whatever it has is passed on.
pub(super) const LONGEST: usize = u32::MAX as usize;
