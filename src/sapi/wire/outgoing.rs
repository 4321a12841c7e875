//! The bytes on their way out, which the wire lock guards, and their encoder where the response has a content coding.

use std::time::Duration;

use content_coding::Encoder;

use crate::stream::Packet;

/// The bytes on their way out.
pub(super) struct Outgoing {
    /// Bytes the script echoed and has not flushed, not encoded.
    pub(super) pending: Packet,
    /// The rest of a write that the connection took in part; it is encoded, and is never encoded again.
    pub(super) residue: Vec<u8>,
    /// The moment since which the connection has taken nothing.
    pub(super) stalled: Option<Duration>,
    /// True while the wire may be written to: until the end of the stream.
    pub(super) open: bool,
    /// Encodes all that is sent.
    pub(super) encoder: Option<Encoder>,
    /// Kept from write to write.
    encoded: Packet,
}

impl Outgoing {
    /// The capacity, in bytes, above which a packet is freed after the write.
    const KEPT: usize = 64 * 1024;

    pub(super) fn new() -> Self {
        Self {
            pending: Packet::default(),
            residue: Vec::new(),
            stalled: None,
            open: true,
            encoder: None,
            encoded: Packet::default(),
        }
    }

    /// True if bytes may go out at once, as they are.
    #[inline]
    pub(super) fn is_clear(&self) -> bool {
        self.open && self.pending.is_empty() && self.residue.is_empty() && self.encoder.is_none()
    }

    /// Returns what waits for a flush, encoded as one, or as it is where there is no coding. Give the packet back.
    pub(super) fn take_pending(&mut self) -> Packet {
        if self.encoder.is_none() {
            return std::mem::take(&mut self.pending);
        }
        let pending = std::mem::take(&mut self.pending);
        let packet = self.encode(pending.bytes());
        self.pending = kept(pending);
        packet
    }

    /// Returns these bytes as they are sent. Give the packet back.
    pub(super) fn encode(&mut self, bytes: &[u8]) -> Packet {
        let mut packet = std::mem::take(&mut self.encoded);
        match &mut self.encoder {
            Some(encoder) => encoder.append(bytes, packet.end()),
            None => packet.append(bytes),
        }
        packet
    }

    /// Takes back a packet that was sent.
    pub(super) fn give_back(&mut self, packet: Packet) {
        match self.encoder {
            Some(_) => self.encoded = kept(packet),
            None => self.pending = kept(packet),
        }
    }

    /// Appends the last bytes of the response to a packet: nothing is encoded any more.
    pub(super) fn finish(&mut self, packet: &mut Packet) {
        if let Some(encoder) = self.encoder.take() {
            encoder.finish(packet.end());
        }
    }
}

/// An empty packet with the memory of this one, unless that is much.
fn kept(mut packet: Packet) -> Packet {
    packet.clear();
    if packet.capacity() > Outgoing::KEPT { Packet::default() } else { packet }
}
