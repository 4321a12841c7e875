//! gzip and deflate: the same blocks in two wrappers.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use super::Decode;

/// The blocks, and with zlib's wrapper its header and checksum.
struct Blocks {
    state: Box<InflateState>,
    ended: bool,
}

impl Blocks {
    fn new(format: DataFormat) -> Self {
        Self { state: InflateState::new_boxed(format), ended: false }
    }

    /// Decodes up to the last block's end, and gives back what stands after it.
    fn decode<'a>(&mut self, mut bytes: &'a [u8], to: &mut Vec<u8>) -> Result<&'a [u8], String> {
        let mut buffer = vec![0; 1 << 16];
        while !self.ended {
            let result = inflate(&mut self.state, bytes, &mut buffer, MZFlush::None);
            bytes = &bytes[result.bytes_consumed..];
            to.extend_from_slice(&buffer[..result.bytes_written]);
            match result.status {
                Ok(MZStatus::StreamEnd) => self.ended = true,
                // Nothing went in, nothing came out.
                Err(MZError::Buf) => break,
                Ok(_) if bytes.is_empty() && result.bytes_written < buffer.len() => break,
                Ok(_) => {}
                Err(error) => return Err(format!("{error:?}")),
            }
        }
        Ok(bytes)
    }
}

/// HTTP's deflate, which is zlib's format.
pub(super) struct Deflate(Blocks);

impl Deflate {
    pub(super) fn new() -> Self {
        Self(Blocks::new(DataFormat::Zlib))
    }
}

impl Decode for Deflate {
    fn decode(&mut self, bytes: &[u8], decoded: &mut Vec<u8>) -> Result<(), String> {
        let rest = self.0.decode(bytes, decoded)?;
        if rest.is_empty() { Ok(()) } else { Err(format!("{} bytes after the end", rest.len())) }
    }

    fn lacks(&self) -> Option<&'static str> {
        (!self.0.ended).then_some("deflate has no last block, or no checksum")
    }
}

/// A member of gzip: a header, blocks, a checksum and a length.
pub(super) struct Gzip {
    header: Vec<u8>,
    blocks: Blocks,
    trailer: Vec<u8>,
    crc: u32,
    length: u32,
}

/// Its length where it has neither a file's name nor anything else that is optional.
const HEADER: usize = 10;
const TRAILER: usize = 8;

impl Gzip {
    pub(super) fn new() -> Self {
        let blocks = Blocks::new(DataFormat::Raw);
        Self { header: Vec::new(), blocks, trailer: Vec::new(), crc: 0, length: 0 }
    }

    fn check_trailer(&self) -> Result<(), String> {
        let expected = [self.crc.to_le_bytes(), self.length.to_le_bytes()].concat();
        if self.trailer == expected {
            return Ok(());
        }
        let found = self.trailer.escape_ascii();
        Err(format!("the trailer is \"{found}\", not \"{}\"", expected.escape_ascii()))
    }
}

impl Decode for Gzip {
    fn decode(&mut self, bytes: &[u8], decoded: &mut Vec<u8>) -> Result<(), String> {
        let (header, rest) = bytes.split_at(bytes.len().min(HEADER - self.header.len()));
        self.header.extend_from_slice(header);
        if self.header.len() < HEADER {
            return Ok(());
        }
        // The two magic bytes, deflate, and no optional parts.
        if !self.header.starts_with(&[0x1f, 0x8b, 8, 0]) {
            return Err(format!("the header is \"{}\"", self.header.escape_ascii()));
        }
        let start = decoded.len();
        let rest = self.blocks.decode(rest, decoded)?;
        self.crc = crc32(self.crc, &decoded[start..]);
        // The length is counted modulo 2^32.
        self.length = u32::try_from(decoded.len() - start)
            .map_or(self.length, |more| self.length.wrapping_add(more));
        let (trailer, rest) = rest.split_at(rest.len().min(TRAILER - self.trailer.len()));
        self.trailer.extend_from_slice(trailer);
        if self.trailer.len() == TRAILER {
            self.check_trailer()?;
        }
        if rest.is_empty() { Ok(()) } else { Err(format!("{} bytes after the end", rest.len())) }
    }

    fn lacks(&self) -> Option<&'static str> {
        (self.trailer.len() < TRAILER).then_some("gzip has no last block, or no whole trailer")
    }
}

/// The checksum of gzip, bit by bit, of what comes after bytes with this one.
fn crc32(before: u32, bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!before, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
