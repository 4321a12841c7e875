//! Timeouts for Redis, and the number of entries that are read at once.

use std::time::Duration;

/// The timeout of a connection attempt, and of a reply.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(2);

/// The time for which XREAD blocks. Its reply times out [`TIMEOUT`] later.
pub(crate) const BLOCK: Duration = Duration::from_secs(2);

/// The number of entries that are read at once. A stream keeps at least as many: so a page that is not full
/// is not the rest of a longer one.
pub(crate) const PAGE: usize = 256;
