//! Bytes as they are, in the form of each coding.
//!
//! They refer to nothing, and need no encoder.

use crate::coding::Coding;

/// Appends bytes as they are, as whole blocks: inside an open frame of zstd, or anywhere else between segments.
pub(crate) fn store(coding: Coding, bytes: &[u8], out: &mut Vec<u8>) {
    match coding {
        Coding::Zstd => {
            for block in bytes.chunks(zstd_block::LONGEST) {
                out.extend_from_slice(&zstd_block::raw(block.len(), false));
                out.extend_from_slice(block);
            }
        }
        Coding::Brotli => {
            for block in bytes.chunks(1 << 16) {
                // ISLAST 0, MNIBBLES 0 (four nibbles), MLEN - 1, ISUNCOMPRESSED 1, up to the boundary of the byte.
                let header = (block.len() - 1) << 3 | 1 << 19;
                out.extend_from_slice(&header.to_le_bytes()[..3]);
                out.extend_from_slice(block);
            }
        }
        Coding::Gzip | Coding::Deflate => {
            for block in bytes.chunks(0xffff) {
                // Not the last, stored; its length, and that inverted.
                let [low, high, ..] = block.len().to_le_bytes();
                out.extend_from_slice(&[0, low, high, !low, !high]);
                out.extend_from_slice(block);
            }
        }
    }
}

/// Appends a few bytes as a whole segment: up to 255.
pub(crate) fn store_segment(coding: Coding, bytes: &[u8], out: &mut Vec<u8>) {
    if coding != Coding::Zstd || bytes.is_empty() {
        return store(coding, bytes, out);
    }
    let [length, ..] = bytes.len().to_le_bytes();
    // The magic number; a single segment, whose length is in one byte.
    out.extend_from_slice(&[0x28, 0xb5, 0x2f, 0xfd, 0x20, length]);
    out.extend_from_slice(&zstd_block::raw(bytes.len(), true));
    out.extend_from_slice(bytes);
}

/// Blocks of zstd (RFC 8878, 3.1.1.2).
mod zstd_block {
    /// As long as any may be: the window of our frames is as long (see `crate::zstd`).
    pub(super) const LONGEST: usize = 1 << 17;

    /// The header of a raw block.
    pub(super) fn raw(length: usize, is_last: bool) -> [u8; 3] {
        let [low, middle, high, ..] = (length << 3 | usize::from(is_last)).to_le_bytes();
        [low, middle, high]
    }
}
