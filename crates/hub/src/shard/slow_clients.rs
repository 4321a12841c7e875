//! Where slow clients are dropped.
//!
//! The invariant: what is kept for slow clients alone takes no more than its limit, and a client that nothing is
//! kept for is not dropped.

use std::time::Instant;

use super::event_loop::EventLoop;
use crate::memory;

impl EventLoop {
    /// Drops clients if too much is kept for them that nobody else needs, those first that are furthest behind,
    /// until there is room for others to lag a little.
    pub(super) fn drop_if_slow(&mut self) {
        if memory::held_for_slow_clients() <= self.queue_limit {
            return;
        }
        // A client that has only not been sent its updates yet is not slow.
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
