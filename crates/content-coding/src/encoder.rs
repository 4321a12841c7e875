//! A whole response in one object.

use crate::checksum::Checksum;
use crate::coding::Coding;
use crate::progress::Progress;
use crate::segment::SegmentEncoder;

/// Encodes a response from its first byte on.
#[derive(Debug)]
pub struct Encoder {
    segments: SegmentEncoder,
    progress: Progress,
    has_begun: bool,
}

impl Encoder {
    /// An encoder of a response of which nothing was written.
    #[must_use]
    pub fn new(coding: Coding) -> Self {
        let (segments, progress) = (SegmentEncoder::new(coding), Progress::start(coding));
        Self { segments, progress, has_begun: false }
    }

    /// Its coding.
    #[must_use]
    pub fn coding(&self) -> Coding {
        self.segments.coding()
    }

    /// Where the response stands.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// About the memory that it takes, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.segments.memory()
    }

    /// Appends bytes. All of them can be decoded from what was appended to `out` since the beginning.
    pub fn append(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        self.begin(out);
        self.segments.append(bytes, out);
        self.progress.note_open();
        self.progress.note(self.coding(), Checksum::of(self.coding(), bytes));
    }

    /// Ends the segment: whoever goes on with the response begins another.
    pub fn cut(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        out.extend_from_slice(self.progress.end_segment(self.coding()));
        self.segments.restart();
    }

    /// Ends the response.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.begin(out);
        out.extend_from_slice(self.progress.end_segment(self.coding()));
        out.extend_from_slice(&self.progress.last_bytes(self.coding()));
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.has_begun, true) {
            out.extend_from_slice(self.coding().head());
        }
    }
}
