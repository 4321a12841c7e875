//! Drops slow clients when too much memory is kept for them alone.
//!
//! The invariant: what is kept for slow clients alone takes no more than its limit, and a client for which nothing is
//! kept is not dropped.

use std::time::Instant;

use super::event_loop::EventLoop;
use crate::memory;

impl EventLoop {
    /// Drops slow clients if too much is kept that nobody else needs, those furthest behind first, until there is
    /// room for others to lag a little.
    pub(super) fn drop_if_slow(&mut self) {
        if memory::held_for_slow_clients() <= self.queue_limit {
            return;
        }
        // A client is not slow merely because its queue was not flushed yet.
        self.flush_all(Instant::now());
        if memory::held_for_slow_clients() <= self.queue_limit {
            return;
        }
        let enough = self.queue_limit - self.queue_limit / 8;
        let tokens = self.registry.tokens().into_iter();
        let rank = |token| Some((self.registry.get(token)?.queue.drop_rank()?, token));
        let mut slow: Vec<_> = tokens.filter_map(rank).collect();
        slow.sort_unstable_by_key(|(rank, _)| *rank);
        for (_, token) in slow {
            if memory::held_for_slow_clients() <= enough {
                return;
            }
            self.counters.dropped_slow.add(1);
            self.close(token);
        }
    }
}
