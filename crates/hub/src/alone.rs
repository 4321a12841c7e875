//! An update as a segment of its own, in each content coding: for clients that are not in a segment with others.
//!
//! The invariant: it is compressed at most once for each coding, and framed at most once for each framing; its bytes are
//! shared by all clients that need them.

use std::sync::{Arc, OnceLock};

use content_coding::{Checksum, Coding};

use crate::output::Output;

/// Bytes that several clients are sent.
type Bytes = Arc<[u8]>;

/// What was needed so far of an update as a segment of its own.
#[derive(Debug, Default)]
pub(crate) struct Alone([InCoding; Coding::ALL.len()]);

/// The update in one coding.
#[derive(Debug, Default)]
struct InCoding {
    checksum: OnceLock<Checksum>,
    by_framing: [OnceLock<Bytes>; Output::FRAMINGS],
}

impl Alone {
    /// The place of the bytes of a shared encoding with a content coding.
    pub(crate) fn slot(&self, encoding: usize) -> Option<&OnceLock<Bytes>> {
        let index = encoding.checked_sub(Output::PLAIN)?;
        self.0.get(index / Output::FRAMINGS)?.by_framing.get(index % Output::FRAMINGS)
    }

    /// The place of the checksum of its text.
    pub(crate) fn checksum(&self, coding: Coding) -> Option<&OnceLock<Checksum>> {
        Some(&self.0.get(coding.index())?.checksum)
    }

    /// All bytes that were made.
    #[cfg(test)]
    pub(crate) fn made(&self) -> impl Iterator<Item = &Bytes> {
        self.0.iter().flat_map(|coding| &coding.by_framing).filter_map(OnceLock::get)
    }
}
