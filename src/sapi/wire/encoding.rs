//! Content codings on a wire: what waits is encoded when it goes out, under the lock, and never again.

use std::sync::atomic::Ordering;

use content_coding::{Coding, Progress};
use framing::Framing;
use rustix::net::{RecvFlags, Shutdown, recv, shutdown};

use super::outgoing::Outgoing;
use super::{Wire, ticks};
use crate::sapi::response::coding::Encoding;
use crate::sapi::sys::clock;
use crate::stream::{Packet, StopReason};

impl Wire {
    /// Has all that is sent from now on encoded. Called before anybody writes.
    pub(crate) fn encode_with(&self, encoding: Encoding) {
        let mut line = self.hold();
        line.pending.append(&encoding.pending);
        line.encoder = Some(encoding.encoder);
    }

    /// Takes the encoder away, and what it has not encoded.
    pub(crate) fn take_encoding(&self) -> Option<Encoding> {
        let mut line = self.hold();
        let encoder = line.encoder.take()?;
        let pending = std::mem::take(&mut line.pending);
        Some(Encoding { encoder, pending: pending.bytes().to_vec() })
    }

    /// Returns the coding, and where the response stands in it.
    pub(crate) fn coding(&self) -> Option<(Coding, Progress)> {
        let line = self.hold();
        line.encoder.as_ref().map(|encoder| (encoder.coding(), encoder.progress()))
    }

    /// Keeps bytes for the next write through the server; returns how many wait.
    pub(crate) fn keep(&self, bytes: &[u8]) -> usize {
        let mut line = self.hold();
        self.extend_tail(bytes);
        line.pending.append(bytes);
        line.pending.bytes().len()
    }

    /// Runs a write of the server's own under the lock, of all that waits; with `is_last`, the last bytes of the
    /// response follow, and nobody writes any more. `action` must not leave by a `longjmp`.
    pub(crate) fn encoded_through_server(&self, is_last: bool, action: impl FnOnce(&[u8])) {
        let mut line = self.hold();
        if !line.open {
            return;
        }
        let mut packet = line.take_pending();
        if is_last {
            line.finish(&mut packet);
            line.open = false;
        }
        let rest = std::mem::take(&mut line.residue);
        packet.prepend(&rest);
        self.held_back.fetch_add(packet.bytes().len(), Ordering::AcqRel);
        self.inside_server(|| action(packet.bytes()));
        self.last_write.store(ticks(clock::lately()), Ordering::Release);
        line.give_back(packet);
    }

    /// Sends what waits, and the last bytes of an encoded response.
    pub(super) fn flush_last(&self, line: &mut Outgoing) -> Result<(), StopReason> {
        let mut last = line.take_pending();
        line.finish(&mut last);
        let result = self.transmit(line, &mut last);
        line.give_back(last);
        result
    }

    /// Sends a frame, encoded.
    pub(super) fn transmit_encoded(
        &self,
        line: &mut Outgoing,
        frame: &Packet,
    ) -> Result<(), StopReason> {
        let mut packet = line.encode(frame.bytes());
        let result = self.transmit(line, &mut packet);
        line.give_back(packet);
        result
    }

    /// Writes the last bytes of a settled connection, `end` as it is behind those of the coding, and shuts it down.
    /// What the other side has sent meanwhile is taken: unread, it would cut off what is on its way.
    pub(crate) fn conclude(&self, framing: Framing, end: &[u8]) {
        let mut line = self.line.lock();
        let mut last = Packet::default();
        line.finish(&mut last);
        line.residue = if last.is_empty() { Vec::new() } else { framing.wrap(last.bytes()) };
        line.residue.extend_from_slice(end);
        self.complete_residue(&mut line);
        let _ = shutdown(self.transport.fd(), Shutdown::Write);
        let mut unread = [0; 4096];
        while recv(self.transport.fd(), &mut unread[..], RecvFlags::DONTWAIT)
            .is_ok_and(|(read, _)| read > 0)
        {}
        // A program that the script has started may hold the connection, too.
        let _ = shutdown(self.transport.fd(), Shutdown::Both);
    }
}
