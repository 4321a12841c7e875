//! The keeper's side of a wire: what is due, and what is sent without the script.

use std::sync::atomic::Ordering;
use std::time::Duration;

use event_stream::HEARTBEAT;
use parking_lot::MutexGuard;

use super::sending::Sent;
use super::{Line, Wire, ticks};
use crate::stream::StopReason;

impl Wire {
    /// When the keeper should look after the wire again; `None` if only the client can wake it.
    pub(crate) fn next_look(&self, now: Duration) -> Option<Duration> {
        const STALLED: Duration = Duration::from_millis(100);
        if self.stop_reason().is_some() {
            return None;
        }
        let due = self.timing.heartbeat.map(|interval| self.last_write().saturating_add(interval));
        let due = due.map(|due| {
            if due > now { due } else { now.saturating_add(STALLED.min(self.beat_interval())) }
        });
        let entered = self.in_server_since.load(Ordering::Acquire);
        let stuck = (entered > 0)
            .then(|| Duration::from_nanos(entered).saturating_add(self.timing.write_timeout));
        [due, stuck].into_iter().flatten().min()
    }

    fn beat_interval(&self) -> Duration {
        self.timing.heartbeat.unwrap_or(Duration::MAX)
    }

    fn last_write(&self) -> Duration {
        Duration::from_nanos(self.last_write.load(Ordering::Acquire))
    }

    /// The keeper's look: sends what is due, and gives up on a client that takes nothing.
    pub(crate) fn look_after(&self, now: Duration) {
        if self.stop_reason().is_some() {
            return;
        }
        let entered = self.in_server_since.load(Ordering::Acquire);
        if entered > 0
            && Duration::from_nanos(entered).saturating_add(self.timing.write_timeout) <= now
        {
            self.stop(StopReason::WriteTimeout);
        } else if now.saturating_sub(self.last_write()) >= self.beat_interval() {
            self.beat(now);
        }
    }

    /// Sends a heartbeat if there is a place for one. The lock is never waited for: while the
    /// script holds it, it is writing.
    fn beat(&self, now: Duration) {
        let Some(mut line) = self.try_lock() else { return };
        if !line.open || self.paused.load(Ordering::Acquire) {
            return;
        }
        let line = &mut *line;
        let sent = self.send_due(line);
        self.note(line, sent, now);
    }

    /// Sends the first of these that there is: the rest of an earlier write, what the script has
    /// echoed, a heartbeat.
    fn send_due(&self, line: &mut Line) -> Sent {
        let sent = self.send_residue(line, Duration::ZERO);
        if sent != Sent::Whole {
            return sent;
        }
        if line.pending.is_empty() {
            let in_a_line = !self.tail().at_line_start();
            return if in_a_line {
                Sent::Whole
            } else {
                self.send(line, HEARTBEAT, Duration::ZERO)
            };
        }
        let pending = std::mem::take(&mut line.pending);
        let sent = self.send(line, &pending, Duration::ZERO);
        if sent == Sent::Later && line.residue.is_empty() {
            // Nothing of it was taken.
            line.pending = pending;
        }
        sent
    }

    fn note(&self, line: &mut Line, sent: Sent, now: Duration) {
        match sent {
            Sent::Whole => {
                line.stalled = None;
                self.last_write.store(ticks(now), Ordering::Release);
            }
            Sent::Later => {
                let since = *line.stalled.get_or_insert(now);
                if now.saturating_sub(since) >= self.timing.write_timeout {
                    self.stop(StopReason::WriteTimeout);
                }
            }
            Sent::Never(reason) => self.stop(reason),
        }
    }

    #[cfg(not(feature = "without-wire-lock"))]
    fn try_lock(&self) -> Option<MutexGuard<'_, Line>> {
        self.line.try_lock()
    }

    /// The negative control of the storm: the keeper writes whether the script does or not.
    #[cfg(feature = "without-wire-lock")]
    fn try_lock(&self) -> Option<MutexGuard<'_, Line>> {
        // SAFETY: none; that is the point. Never in a build that anybody uses.
        self.line.try_lock().or_else(|| {
            unsafe { self.line.force_unlock() };
            self.line.try_lock()
        })
    }
}
