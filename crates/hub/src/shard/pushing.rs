//! Queues what a subscriber is sent, in its framing and its content coding.
//!
//! The invariant: what is queued for a subscriber alone is queued outside of a segment, which it has left before.

use std::sync::{Arc, OnceLock};

use content_coding::{Checksum, alone};

use super::group::{Framed, Piece};
use super::subscriber::Subscriber;
use crate::output::Output;
use crate::update::{Bytes, Update};

impl Subscriber {
    /// Queues text for this client alone; a worker is sent none.
    pub(crate) fn push_text(&mut self, text: &[u8]) {
        let Output::Http { framing, coding } = self.output else { return };
        let (Some(coding), Some(compression)) = (coding, &mut self.compression) else {
            return self.queue.push(framing.wrap(text).into());
        };
        let mut bytes = compression.end_segment(coding).to_vec();
        alone(coding, text, &mut bytes);
        compression.note(coding, Checksum::of(coding, text));
        self.queue.push(framing.wrap(&bytes).into());
    }

    /// Queues text for this client alone, whose last line is a comment.
    pub(crate) fn push_comment(&mut self, text: &[u8]) {
        self.push_text(text);
        self.queue.note_comment();
    }

    /// Queues an update: its bytes are shared with subscribers that need the same.
    pub(crate) fn push_update(&mut self, update: &Arc<Update>) {
        self.end_segment();
        if let (Some(coding), Some(compression)) = (self.output.coding(), &mut self.compression) {
            compression.note(coding, update.checksum(coding));
        }
        self.queue.push_update(update, self.output);
    }

    /// Queues a piece of the segment that it is in.
    pub(super) fn push_piece(&mut self, piece: &mut Piece) {
        let (Some(framing), Some(compression)) = (self.output.framing(), &mut self.compression)
        else {
            return;
        };
        compression.count(piece.checksum);
        match piece.framed(framing) {
            Framed::Shared(bytes) => self.queue.push_shared(bytes),
            Framed::Own(bytes) => self.queue.push(bytes),
        }
    }

    /// Leaves the segment that it is in, and queues what ends that.
    pub(super) fn end_segment(&mut self) {
        let (Some(coding), Some(compression)) = (self.output.coding(), &mut self.compression)
        else {
            return;
        };
        let end = compression.end_segment(coding);
        if !end.is_empty() {
            self.queue.push(framed_end(self.output, end));
        }
    }

    /// Queues the end of the response.
    pub(super) fn push_end(&mut self) {
        let Some(framing) = self.output.framing() else { return };
        self.end_segment();
        if let (Some(coding), Some(compression)) = (self.output.coding(), &self.compression) {
            let last = compression.progress().last_bytes(coding);
            self.queue.push(framing.wrap(&last).into());
        }
        self.queue.push(framing.end().into());
    }
}

/// Frames the bytes that end a segment, which are the same for all segments of a coding; made once for all streams.
fn framed_end(output: Output, end: &[u8]) -> Bytes {
    static ENDS: [OnceLock<Bytes>; Output::SHARED] = [const { OnceLock::new() }; Output::SHARED];
    let make = || output.framing().map_or_else(Vec::new, |framing| framing.wrap(end)).into();
    let shared = output.shared().and_then(|index| ENDS.get(index));
    shared.map_or_else(make, |made| Arc::clone(made.get_or_init(make)))
}
