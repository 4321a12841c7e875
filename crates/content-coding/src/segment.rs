//! The encoder of segments, and the one for an event alone.

use std::cell::RefCell;

use crate::brotli::MetaBlocks;
use crate::coding::Coding;
use crate::deflate::Blocks;
use crate::stored::{store, store_segment};
use crate::zstd::Frames;

/// An encoder of one segment after the other.
pub struct SegmentEncoder {
    coding: Coding,
    codec: Codec,
    /// True once bytes of this segment were written.
    is_open: bool,
}

/// The encoder of a library. It is large, and kept where it is.
enum Codec {
    Zstd(Box<Frames>),
    Deflate(Box<Blocks>),
    Brotli(MetaBlocks),
    /// There is none: bytes are stored.
    None,
}

impl Codec {
    fn new(coding: Coding) -> Self {
        match coding {
            Coding::Zstd => Frames::new().map_or(Self::None, |frames| Self::Zstd(Box::new(frames))),
            Coding::Gzip | Coding::Deflate => Self::Deflate(Box::new(spare_blocks())),
            Coding::Brotli => Self::Brotli(MetaBlocks::new()),
        }
    }

    fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> bool {
        match self {
            Self::Zstd(frames) => frames.append(bytes, out),
            Self::Deflate(blocks) => blocks.append(bytes, out),
            Self::Brotli(blocks) => blocks.append(bytes, out),
            Self::None => false,
        }
    }
}

impl SegmentEncoder {
    /// An encoder in front of its first segment.
    #[must_use]
    pub fn new(coding: Coding) -> Self {
        Self { coding, codec: Codec::new(coding), is_open: false }
    }

    /// Its coding.
    #[must_use]
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// Appends bytes to the segment, which stays open. All of them can be decoded from what is appended to `out`.
    pub fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let opens = !std::mem::replace(&mut self.is_open, true);
        if !self.codec.append(bytes, out) {
            // What was written before stays valid: blocks that are stored refer to nothing.
            self.codec = Codec::None;
            if opens && self.coding == Coding::Zstd {
                out.extend_from_slice(OPEN_FRAME);
            }
            store(self.coding, bytes, out);
        }
    }

    /// Begins another segment with what is appended next. The caller writes what ends the one before, by
    /// [`Progress::end_segment`](crate::Progress::end_segment).
    pub fn restart(&mut self) {
        self.is_open = false;
        match &mut self.codec {
            Codec::Zstd(frames) => frames.restart(),
            Codec::Deflate(blocks) => blocks.restart(),
            // It cannot start anew; nor is there one.
            Codec::Brotli(_) | Codec::None => self.codec = Codec::new(self.coding),
        }
    }

    /// About the memory that it takes, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let codec = match &self.codec {
            Codec::Zstd(frames) => frames.memory(),
            Codec::Deflate(_) => Blocks::MEMORY,
            Codec::Brotli(_) => MetaBlocks::MEMORY,
            Codec::None => 0,
        };
        codec + size_of::<Self>()
    }
}

impl Drop for SegmentEncoder {
    fn drop(&mut self) {
        if let Codec::Deflate(blocks) = std::mem::replace(&mut self.codec, Codec::None) {
            keep_spare(*blocks);
        }
    }
}

impl std::fmt::Debug for SegmentEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SegmentEncoder")
            .field("coding", &self.coding)
            .finish_non_exhaustive()
    }
}

/// The header of a frame of zstd without a length, whose window is 2^17 bytes.
const OPEN_FRAME: &[u8] = b"\x28\xb5\x2f\xfd\x00\x38";

/// So few bytes are stored: no encoder makes less of them.
const FEW: usize = 16;

thread_local! {
    /// The encoders of whole segments, and a spare one of blocks: they keep nothing from one to the next but their
    /// memory.
    static FRAMES: RefCell<Option<Frames>> = const { RefCell::new(None) };
    static BLOCKS: RefCell<Option<Blocks>> = const { RefCell::new(None) };
}

/// Returns an encoder of blocks: that of an encoder which this thread has dropped, if there is one. zlib-rs aligns its
/// memory, and the C library of Debian 12 (glibc before 2.38, its bug 14581) does not use freed memory of that kind
/// again: a process that begins one response after another would grow without an end.
fn spare_blocks() -> Blocks {
    let mut blocks = BLOCKS.take().unwrap_or_else(Blocks::new);
    blocks.restart();
    blocks
}

/// Keeps an encoder of blocks for the next one who needs it in this thread, unless there is one, or the thread ends.
fn keep_spare(blocks: Blocks) {
    let _ = BLOCKS.try_with(|spare| {
        if let Ok(mut spare) = spare.try_borrow_mut() {
            spare.get_or_insert(blocks);
        }
    });
}

/// Appends bytes as a whole segment, which everybody may be sent who is not inside another.
pub fn alone(coding: Coding, bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.len() <= FEW {
        return store_segment(coding, bytes, out);
    }
    let is_encoded = match coding {
        Coding::Zstd => FRAMES.with_borrow_mut(|frames| {
            if frames.is_none() {
                *frames = Frames::new();
            }
            frames.as_mut().is_some_and(|frames| {
                frames.restart();
                frames.whole(bytes, out)
            })
        }),
        Coding::Gzip | Coding::Deflate => BLOCKS.with_borrow_mut(|blocks| {
            let blocks = blocks.get_or_insert_with(Blocks::new);
            blocks.restart();
            blocks.append(bytes, out)
        }),
        Coding::Brotli => MetaBlocks::for_length(bytes.len()).append(bytes, out),
    };
    if !is_encoded {
        if coding == Coding::Zstd {
            out.extend_from_slice(OPEN_FRAME);
        }
        store(coding, bytes, out);
        out.extend_from_slice(coding.end_of_segment());
    }
}
