//! The keeper's side of a wire: sends what is due without the script, and gives up on stuck clients.

use std::sync::atomic::Ordering;
use std::time::Duration;

#[cfg(without_wire_lock)]
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};

use super::outgoing::Outgoing;
use super::sending::{LOOK, Sent};
use super::{Wire, ticks};
#[cfg(without_wire_lock)]
use crate::sapi::server::{packets, transport::WritePath};
use crate::stream::{Packet, StopReason};

impl Wire {
    /// Returns when the keeper should look after the wire again; `None` if only the client can wake it.
    pub(crate) fn next_look(&self, now: Duration) -> Option<Duration> {
        if self.stop_reason().is_some() {
            return None;
        }
        let due = self.next_beat(now).filter(|_| !self.may_block());
        let entered = self.in_server_since.load(Ordering::Acquire);
        let stuck = (entered > 0).then(|| now.saturating_add(LOOK));
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
        if self.is_stuck_in_server(now) {
            self.stop(StopReason::WriteTimeout);
        } else if !self.may_block() && self.is_beat_due(now) {
            self.beat(now);
        }
    }

    /// True if another thread sends what is due, for the server may block.
    pub(super) fn may_block(&self) -> bool {
        self.transport.may_block()
    }

    /// That thread's look: it sends what is due, and asks whether the client has left.
    pub(super) fn visit(&self, now: Duration) {
        if self.stop_reason().is_some() {
            return;
        }
        if self.is_beat_due(now) {
            self.beat(now);
        } else {
            self.ask_for_client();
        }
    }

    /// Returns when it has something to send; `None` if that is never.
    pub(super) fn next_visit(&self, now: Duration) -> Option<Duration> {
        self.next_beat(now).filter(|_| self.stop_reason().is_none())
    }

    /// Returns when the next heartbeat is due. One that there was no place for is tried again soon.
    fn next_beat(&self, now: Duration) -> Option<Duration> {
        const STALLED: Duration = Duration::from_millis(100);
        let interval = self.timing.heartbeat?;
        let due = self.last_write().saturating_add(interval);
        Some(if due > now { due } else { now.saturating_add(STALLED.min(interval)) })
    }

    fn is_beat_due(&self, now: Duration) -> bool {
        now.saturating_sub(self.last_write()) >= self.beat_interval()
    }

    /// As [`Wire::beat`], without a word.
    fn ask_for_client(&self) {
        let Some(line) = self.line.try_lock() else { return };
        if line.open
            && self.paused.load(Ordering::Acquire) == 0
            && self.inside_server(|| self.transport.client_has_left())
        {
            self.stop(StopReason::ClientGone);
        }
    }

    /// True if the script is in a write of the server's own, and the client has taken nothing of it for too long.
    fn is_stuck_in_server(&self, now: Duration) -> bool {
        let entered = self.in_server_since.load(Ordering::Acquire);
        if entered == 0 {
            return false;
        }
        let unsent = self.transport.unsent_bytes().unwrap_or(u32::MAX);
        if unsent < self.unsent.swap(unsent, Ordering::AcqRel) {
            // It takes bytes, if slowly; if the script has come back meanwhile, that stays so.
            let order = (Ordering::AcqRel, Ordering::Acquire);
            let _ = self.in_server_since.compare_exchange(entered, ticks(now), order.0, order.1);
            return false;
        }
        Duration::from_nanos(entered).saturating_add(self.timing.write_timeout) <= now
    }

    /// Sends a heartbeat if there is a place for one. The lock is never waited for: while the
    /// script holds it, it is writing.
    fn beat(&self, now: Duration) {
        let Some(mut line) = self.line.try_lock() else {
            #[cfg(without_wire_lock)]
            self.beat_past_the_lock();
            return;
        };
        if !line.open || self.paused.load(Ordering::Acquire) > 0 {
            return;
        }
        let line = &mut *line;
        let sent = self.send_due(line);
        self.note(line, sent, now);
    }

    /// Sends the first of these that there is: the rest of an earlier write, what the script has
    /// echoed, a heartbeat.
    fn send_due(&self, line: &mut Outgoing) -> Sent {
        let sent = self.send_residue(line, Duration::ZERO);
        if sent != Sent::Whole {
            return sent;
        }
        if line.pending.is_empty() {
            return if self.tail().at_line_start() { self.send_beat(line) } else { Sent::Whole };
        }
        let mut pending = line.take_pending();
        let sent = self.send(line, &mut pending, Duration::ZERO);
        if sent == Sent::Later && line.residue.is_empty() {
            // Nothing of it was taken.
            self.keep_unsent(line, pending);
        } else {
            line.give_back(pending);
        }
        sent
    }

    /// Keeps a packet of which nothing was taken: for another try, or as it is if it is encoded.
    fn keep_unsent(&self, line: &mut Outgoing, mut packet: Packet) {
        if line.encoder.is_none() {
            line.pending = packet;
        } else {
            line.residue = self.as_sent(&mut packet);
            line.give_back(packet);
        }
    }

    fn send_beat(&self, line: &mut Outgoing) -> Sent {
        let heartbeat = self.timing.heartbeat_line.line();
        let sent = if line.encoder.is_none() {
            self.send(line, &mut Packet::of(heartbeat), Duration::ZERO)
        } else {
            self.send_encoded_beat(line, heartbeat)
        };
        if sent == Sent::Whole || !line.residue.is_empty() {
            self.tail.store(self.tail().after_heartbeat(heartbeat).to_bits(), Ordering::Release);
        }
        sent
    }

    /// Once it is encoded it has to be sent, now or later.
    fn send_encoded_beat(&self, line: &mut Outgoing, heartbeat: &[u8]) -> Sent {
        let mut packet = line.encode(heartbeat);
        let sent = self.send(line, &mut packet, Duration::ZERO);
        if sent == Sent::Later && line.residue.is_empty() {
            line.residue = self.as_sent(&mut packet);
        }
        line.give_back(packet);
        sent
    }

    fn note(&self, line: &mut Outgoing, sent: Sent, now: Duration) {
        match sent {
            Sent::Whole => {
                line.stalled = None;
                self.last_write.store(ticks(now), Ordering::Release);
            }
            // It has taken all there is: what waits for room is what the server holds back.
            Sent::Later if self.transport.unsent_bytes() == Some(0) => line.stalled = None,
            Sent::Later => {
                let since = *line.stalled.get_or_insert(now);
                if now.saturating_sub(since) >= self.timing.write_timeout {
                    self.stop(StopReason::WriteTimeout);
                }
            }
            Sent::Never(reason) => self.stop(reason),
        }
    }

    /// The negative control of the storm: the heartbeat goes out past the lock, whatever the script is
    /// writing. Never in a build that anybody uses.
    #[cfg(without_wire_lock)]
    fn beat_past_the_lock(&self) {
        let heartbeat = self.timing.heartbeat_line.line();
        match self.path {
            WritePath::Direct(framing) => {
                packets::with_slices(framing, &mut Packet::of(heartbeat), |slices| {
                    let mut control = SendAncillaryBuffer::default();
                    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
                    let _ = sendmsg(self.transport.fd(), slices, &mut control, flags);
                });
            }
            WritePath::Server => {
                self.transport.try_write(heartbeat, self.held_back());
            }
        }
    }
}
