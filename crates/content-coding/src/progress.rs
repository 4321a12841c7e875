//! Where one response stands, whoever encodes it.

use crate::checksum::Checksum;
use crate::coding::Coding;

/// Where a response stands: what its last bytes have to say, and whether a segment is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The checksum of all that was decoded, as far as it was noted.
    checksum: u32,
    /// The length of that, as far as `gzip` counts: modulo 2^32.
    length: u32,
    is_open: bool,
}

impl Progress {
    /// A response of which only the head was written, if that.
    #[must_use]
    pub fn start(coding: Coding) -> Self {
        Self { checksum: Checksum::start(coding).value, length: 0, is_open: false }
    }

    /// Restores it from [`Progress::numbers`].
    #[must_use]
    pub fn from_numbers((checksum, length, is_open): (u32, u32, bool)) -> Self {
        Self { checksum, length, is_open }
    }

    /// The checksum, the length modulo 2^32, and whether a segment is open: to be told to another process.
    #[must_use]
    pub fn numbers(self) -> (u32, u32, bool) {
        (self.checksum, self.length, self.is_open)
    }

    /// Notes decoded bytes with this checksum.
    pub fn note(&mut self, coding: Coding, decoded: Checksum) {
        let before = Checksum { value: self.checksum, length: u64::from(self.length) };
        let Checksum { value, length } = before.then(coding, decoded);
        self.checksum = value;
        self.length = u32::try_from(length & u64::from(u32::MAX)).unwrap_or_default();
    }

    /// Notes that an open segment has begun or goes on.
    pub fn note_open(&mut self) {
        self.is_open = true;
    }

    /// Ends the open segment, if there is one: what is written next begins another. Returns the bytes that have to be
    /// written before that.
    pub fn end_segment(&mut self, coding: Coding) -> &'static [u8] {
        if std::mem::replace(&mut self.is_open, false) { coding.end_of_segment() } else { b"" }
    }

    /// The bytes that end the response; the last segment has ended.
    #[must_use]
    pub fn last_bytes(self, coding: Coding) -> Vec<u8> {
        match coding {
            Coding::Zstd => Vec::new(),
            // ISLAST and ISLASTEMPTY.
            Coding::Brotli => vec![0x03],
            // An empty last block with fixed codes.
            Coding::Gzip => {
                let (checksum, length) = (self.checksum.to_le_bytes(), self.length.to_le_bytes());
                [&b"\x03\0"[..], &checksum, &length].concat()
            }
            Coding::Deflate => [&b"\x03\0"[..], &self.checksum.to_be_bytes()].concat(),
        }
    }
}
