//! How long is waited for Redis, and how much is asked for at once.

use std::time::Duration;

/// For how long to wait for a connection, and for an answer.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(2);

/// For how long XREAD waits for an entry; an answer that is later by [`TIMEOUT`] does not come any more.
pub(crate) const BLOCK: Duration = Duration::from_secs(2);

/// How many entries are asked for at once. A stream keeps at least as many: a page that is not full is not
/// what was left of a longer one.
pub(crate) const PAGE: usize = 256;
