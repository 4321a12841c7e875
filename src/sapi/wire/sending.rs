//! Sends bytes whole: the rest of an earlier write first, and without blocking in a system call.

use std::io::IoSlice;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, send, sendmsg};

use super::outgoing::Outgoing;
use super::{Wire, ticks};
use crate::sapi::server::packets;
use crate::sapi::server::transport::{TryWrite, WritePath};
use crate::sapi::sys::poll::poll;
use crate::sapi::sys::{clock, socket};
use crate::stream::{Packet, StopReason};

/// The end of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// Every byte is out.
    Whole,
    /// Nothing is out, or a part, and the rest is kept.
    Later,
    /// The connection is over.
    Never(StopReason),
}

/// Longer than any client will be waited for, and short enough for the clock.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// The longest that a client which takes nothing may hold up a server that wants to stop.
const WHEN_STOPPING: Duration = Duration::from_secs(1);
/// The interval at which is looked whether a client takes bytes.
pub(super) const LOOK: Duration = Duration::from_millis(250);
/// No write ever blocks in the system call, nor kills the process.
const FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
/// The most slices that one system call takes (`IOV_MAX`).
const SLICES_MAX: usize = 1024;

impl Wire {
    /// Sends a packet with one system call, which is all that most need. If that has not done it, the answer
    /// is false, and what is left to be sent is the residue or the packet.
    #[inline]
    pub(super) fn send_at_once(
        &self,
        line: &mut Outgoing,
        packet: &mut Packet,
    ) -> Result<bool, StopReason> {
        let WritePath::Direct(framing) = self.path else { return Ok(false) };
        let Some(run) = packets::one_run(framing, packet).filter(|_| line.is_clear()) else {
            return Ok(false);
        };
        match send(self.transport.fd(), run, FLAGS) {
            Ok(written) => {
                self.note_progress(line);
                let rest = &run[written..];
                if rest.is_empty() {
                    return Ok(true);
                }
                line.residue = rest.to_vec();
                packet.clear();
            }
            Err(Errno::AGAIN) => {}
            Err(_) => return Ok(false),
        }
        if self.wait_for_room(self.timing.write_timeout) {
            Ok(false)
        } else {
            Err(self.give_up(StopReason::WriteTimeout))
        }
    }

    /// Sends all of a packet, however long it takes, but no longer than the write timeout without
    /// progress.
    pub(super) fn transmit(
        &self,
        line: &mut Outgoing,
        packet: &mut Packet,
    ) -> Result<(), StopReason> {
        if !line.open {
            return Err(StopReason::Closed);
        }
        if packet.is_empty() && line.residue.is_empty() {
            // An empty FCGI_STDOUT record would end the response.
            return Ok(());
        }
        match self.send(line, packet, self.timing.write_timeout) {
            Sent::Whole => Ok(()),
            Sent::Later => Err(self.give_up(StopReason::WriteTimeout)),
            Sent::Never(reason) => Err(self.give_up(reason)),
        }
    }

    fn give_up(&self, reason: StopReason) -> StopReason {
        self.stop(reason);
        self.stop_reason().unwrap_or(reason)
    }

    /// Sends the rest of an earlier write, before the server itself writes to the connection.
    pub(super) fn complete_residue(&self, line: &mut Outgoing) {
        match self.send_residue(line, self.timing.write_timeout) {
            Sent::Whole => {}
            // The connection is shut down: what the server writes to it goes nowhere.
            Sent::Later => self.stop(StopReason::WriteTimeout),
            Sent::Never(reason) => self.stop(reason),
        }
    }

    /// Sends a packet behind the rest of an earlier write; a rest of its own is kept.
    pub(super) fn send(
        &self,
        line: &mut Outgoing,
        packet: &mut Packet,
        patience: Duration,
    ) -> Sent {
        let WritePath::Direct(framing) = self.path else {
            return self.send_by_server(packet.bytes());
        };
        let sent = self.send_residue(line, patience);
        if sent != Sent::Whole || packet.is_empty() {
            return sent;
        }
        let (written, sent) =
            packets::with_slices(framing, packet, |slices| self.send_slices(slices, patience));
        if sent != Sent::Whole && written > 0 {
            line.residue = packets::rest(framing, packet, written);
        }
        if written > 0 {
            self.note_progress(line);
        }
        sent
    }

    /// Has the server send bytes, and all that it holds back.
    fn send_by_server(&self, bytes: &[u8]) -> Sent {
        match self.inside_server(|| self.transport.try_write(bytes, self.held_back())) {
            TryWrite::Written => {
                self.note_flush();
                Sent::Whole
            }
            TryWrite::WouldBlock => Sent::Later,
            TryWrite::Closed => Sent::Never(StopReason::ClientGone),
        }
    }

    /// Returns the bytes of a packet as they travel.
    pub(super) fn as_sent(&self, packet: &mut Packet) -> Vec<u8> {
        match self.path {
            WritePath::Direct(framing) => packets::rest(framing, packet, 0),
            WritePath::Server => packet.bytes().to_vec(),
        }
    }

    /// Notes that the connection has taken bytes.
    fn note_progress(&self, line: &mut Outgoing) {
        line.stalled = None;
        self.last_write.store(ticks(clock::lately()), Ordering::Release);
    }

    pub(super) fn send_residue(&self, line: &mut Outgoing, patience: Duration) -> Sent {
        if line.residue.is_empty() {
            return Sent::Whole;
        }
        let residue = std::mem::take(&mut line.residue);
        if !self.is_direct() {
            let sent = self.send_by_server(&residue);
            if sent == Sent::Later {
                line.residue = residue;
            }
            return sent;
        }
        let (written, sent) = self.send_slices(&mut [IoSlice::new(&residue)], patience);
        line.residue = residue[written..].to_vec();
        if written > 0 {
            self.note_progress(line);
        }
        sent
    }

    /// Sends slices without ever blocking in the system call; waits up to `patience` for the
    /// connection to take more. Returns how many bytes are out.
    fn send_slices(&self, slices: &mut [IoSlice<'_>], patience: Duration) -> (usize, Sent) {
        let mut rest = slices;
        let mut written = 0;
        loop {
            match self.send_some(rest) {
                Ok(bytes) => {
                    written += bytes;
                    IoSlice::advance_slices(&mut rest, bytes);
                }
                Err(Errno::INTR) => continue,
                Err(Errno::AGAIN) => {}
                Err(_) => return (written, Sent::Never(StopReason::ClientGone)),
            }
            if rest.is_empty() {
                return (written, Sent::Whole);
            }
            if !self.wait_for_room(patience) {
                return (written, Sent::Later);
            }
        }
    }

    /// One system call.
    fn send_some(&self, slices: &[IoSlice<'_>]) -> Result<usize, Errno> {
        if let [whole] = slices {
            return send(self.transport.fd(), whole, FLAGS);
        }
        let batch = &slices[..slices.len().min(SLICES_MAX)];
        sendmsg(self.transport.fd(), batch, &mut SendAncillaryBuffer::default(), FLAGS)
    }

    /// Waits until the connection takes bytes again, or is over; false when patience runs out. A
    /// server that wants to stop has less of it.
    fn wait_for_room(&self, patience: Duration) -> bool {
        let patience = patience.min(LONGEST);
        let mut deadline = Instant::now() + patience;
        let mut hurries = false;
        let look = LOOK.min(patience / 2);
        let mut untaken = None;
        loop {
            if !hurries && self.stop_reason() == Some(StopReason::Shutdown) {
                hurries = true;
                deadline = deadline.min(Instant::now() + WHEN_STOPPING);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let room = PollFd::from_borrowed_fd(self.transport.fd(), PollFlags::OUT);
            let mut fds = [room, self.waker()];
            // It stays readable: once that was seen it is left out.
            let watched = if self.stop_reason().is_some() { 1 } else { 2 };
            match poll(&mut fds[..watched], Some(left.min(look))) {
                Ok(0) => {
                    let now = socket::unsent_bytes(self.transport.fd()).unwrap_or(u32::MAX);
                    let before = untaken.replace(now);
                    if before.is_some_and(|before| now < before) && !hurries {
                        // It takes bytes, if slowly.
                        deadline = Instant::now() + patience;
                    } else if Instant::now() >= deadline {
                        return false;
                    }
                }
                Err(Errno::INTR) if !left.is_zero() => {}
                Ok(_) if fds[0].revents().is_empty() => {}
                _ => return true,
            }
        }
    }
}
