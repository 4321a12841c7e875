//! The encoder of zlib-rs: deflate's blocks (RFC 1951), for `gzip` and `deflate`.

use flate2::{Compress, Compression, FlushCompress};

/// The most that there is. At zlib's default of 6, zlib-rs does not look for a better match behind a good one: then a
/// board that is rendered anew is more than three times as long, and takes no less time.
const LEVEL: u32 = 9;
/// The window, 2^15 bytes: the longest that there is.
const WINDOW_BITS: u8 = 15;

/// The encoder of blocks.
pub(crate) struct Blocks(Compress);

impl Blocks {
    /// The memory that it takes, in bytes: its window, its chains, its tables, and what waits to be written.
    pub(crate) const MEMORY: usize = 371 * 1024;

    pub(crate) fn new() -> Self {
        Self(Compress::new_with_window_bits(Compression::new(LEVEL), false, WINDOW_BITS))
    }

    /// Appends blocks with these bytes, up to the boundary of a byte; false if it failed, and nothing was appended.
    pub(crate) fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        let before = out.len();
        let begun = self.0.total_in();
        loop {
            let taken = usize::try_from(self.0.total_in() - begun).unwrap_or(usize::MAX);
            let left = bytes.get(taken..).unwrap_or_default();
            out.reserve(left.len() / 2 + 64);
            if self.0.compress_vec(left, out, FlushCompress::Sync).is_err() {
                out.truncate(before);
                return false;
            }
            // There was more room than it had to write: nothing waits.
            let is_taken = self.0.total_in() - begun == bytes.len() as u64;
            if is_taken && out.len() < out.capacity() {
                return true;
            }
        }
    }

    /// Forgets what was written: the next blocks refer to none of it.
    pub(crate) fn restart(&mut self) {
        self.0.reset();
    }
}
