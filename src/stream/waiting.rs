//! Waits on a stream: sends heartbeats if the connection sends none, ends its lifetime.

use std::time::{Duration, Instant};

use super::connection::{Bailout, Connection};
use super::life::Stream;
use super::packet::Packet;

impl<C: Connection> Stream<C> {
    /// Waits, and keeps the connection alive meanwhile. Returns early, with `false`, as soon as the stream should
    /// stop; and early, with `true`, when the engine has something to run.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn wait(&self, length: Duration) -> Result<bool, Bailout> {
        let mut now = self.connection().now();
        let until = now.checked_add(length);
        loop {
            if !self.is_open() || !self.beat_if_due(now)? {
                return Ok(false);
            }
            if until.is_some_and(|until| until <= now) {
                return Ok(true);
            }
            let next = [until, self.end, self.heartbeat_due(now)].into_iter().flatten().min();
            if self.connection().sleep_until(next) {
                return Ok(self.is_open());
            }
            now = self.connection().now();
        }
    }

    /// Returns the time of the next heartbeat. In the middle of a line of the script's none can be inserted, so it is
    /// due a whole interval later.
    fn heartbeat_due(&self, now: Instant) -> Option<Instant> {
        let interval = self.heartbeat?;
        let due = self.last_write.get().checked_add(interval)?;
        if due > now { Some(due) } else { now.checked_add(interval) }
    }

    fn beat_if_due(&self, now: Instant) -> Result<bool, Bailout> {
        let Some(interval) = self.heartbeat else { return Ok(true) };
        let silent = now.saturating_duration_since(self.last_write.get());
        if silent < interval || !self.connection().tail().at_line_start() {
            return Ok(true);
        }
        let written = self.connection().write(&mut Packet::of(self.heartbeat_line.line()))?;
        Ok(self.note(written))
    }
}
