//! Bytes to be written as one, with room in front for a FastCGI header.

/// Bytes to be written as one, with room in front: a server's header goes there, so that a frame is never copied.
#[derive(Debug, Default)]
pub struct Packet(Vec<u8>);

impl Packet {
    /// The room, in bytes: the length of a FastCGI record's header.
    pub const ROOM: usize = 8;

    /// A packet of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut packet = Self::default();
        packet.append(bytes);
        packet
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.get(Self::ROOM..).unwrap_or_default()
    }

    /// True if there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.len() <= Self::ROOM
    }

    /// Returns the vector to append to; its present bytes must stay.
    pub fn end(&mut self) -> &mut Vec<u8> {
        if self.0.is_empty() {
            self.0.extend_from_slice(&[0; Self::ROOM]);
        }
        &mut self.0
    }

    /// Appends bytes.
    pub fn append(&mut self, bytes: &[u8]) {
        self.end().extend_from_slice(bytes);
    }

    /// Puts bytes before those that are there.
    pub fn prepend(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.end().splice(Self::ROOM..Self::ROOM, bytes.iter().copied());
        }
    }

    /// Writes the header into the room, and returns header and bytes.
    pub fn behind(&mut self, header: [u8; Self::ROOM]) -> &[u8] {
        if let Some(room) = self.end().first_chunk_mut() {
            *room = header;
        }
        &self.0
    }

    /// Removes the bytes, and keeps the memory.
    pub fn clear(&mut self) {
        self.0.truncate(Self::ROOM);
    }

    /// The memory that it keeps, in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_behind_the_room() {
        let mut packet = Packet::default();
        assert!(packet.is_empty());
        packet.append(b"data: x");
        packet.end().extend_from_slice(b"\n");
        packet.prepend(b"");
        packet.prepend(b"\n");
        assert_eq!(packet.bytes(), b"\ndata: x\n");
        assert_eq!(packet.behind(*b"12345678"), b"12345678\ndata: x\n");
        assert!(!packet.is_empty());
    }

    #[test]
    fn what_was_cleared_is_empty_again() {
        let mut packet = Packet::of(b"x");
        packet.clear();
        assert!(packet.is_empty());
        packet.append(b"y");
        assert_eq!(packet.behind(*b"12345678"), b"12345678y");
    }

    #[test]
    fn an_empty_packet_has_room_all_the_same() {
        assert_eq!(Packet::default().bytes(), b"");
        assert_eq!(Packet::default().behind(*b"12345678"), b"12345678");
    }
}
