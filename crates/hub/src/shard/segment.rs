//! Segments that streams have in common, and the place of each stream in one.
//!
//! Events are compressed once for all streams of a group (`group`): each is a *piece* of the group's segment, which
//! refers to the pieces before it. A stream that is in the segment is sent the piece that everybody is sent. One that is
//! not is sent the event as a segment of its own, which refers to nothing (`alone`).
//!
//! The invariant: a stream that is in a segment has had it from its first byte, and has left out no piece of it. So
//!
//! * a stream joins a segment at its first piece only: [`Compression::join`] is called where that is queued;
//! * what a stream is sent by itself (a replay, a reset, its last bytes) can only be queued by
//!   [`Compression::end_segment`], which takes the stream out of its segment;
//! * a stream that is not sent a piece, as it is behind, leaves the segment before it;
//! * a stream that goes to another program leaves its segment, and that its frame is open goes with it;
//! * the segment knows how many bytes its streams have been sent, and their checksum, which a stream takes with it. A
//!   piece is noted there once it is queued for all.

use std::sync::Arc;

use content_coding::{Checksum, Coding, Progress};
use parking_lot::Mutex;
use slotmap::{Key, new_key_type};

new_key_type! {
    /// Names a group for as long as it lives.
    pub(super) struct GroupKey;
}

/// A segment that streams have in common. It is the one that they are in if it is the same object.
#[derive(Debug)]
pub(super) struct Segment(Mutex<Checksum>);

impl Segment {
    pub(super) fn new(coding: Coding) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Checksum::start(coding))))
    }

    /// Notes a piece that was queued for all who are in it.
    pub(super) fn note(&self, coding: Coding, piece: Checksum) {
        let mut decoded = self.0.lock();
        *decoded = decoded.then(coding, piece);
    }

    /// The number of streams that are in it, if its group has it, too.
    pub(super) fn streams(self: &Arc<Self>) -> usize {
        Arc::strong_count(self) - 1
    }
}

/// The compression of one stream: where its response stands.
#[derive(Debug)]
pub(crate) struct Compression {
    /// Without the segment that it is in.
    progress: Progress,
    segment: Option<Arc<Segment>>,
    /// The group that it belongs to, in a shard.
    pub(super) group: GroupKey,
    /// The bytes that were queued for it since they were counted last, before they were compressed.
    plain: u32,
}

impl Compression {
    /// That of a response that stands there.
    pub(crate) fn new(progress: Progress) -> Self {
        Self { progress, segment: None, group: GroupKey::null(), plain: 0 }
    }

    /// True if the stream is in this segment.
    pub(super) fn is_in(&self, segment: &Arc<Segment>) -> bool {
        self.segment.as_ref().is_some_and(|own| Arc::ptr_eq(own, segment))
    }

    /// Joins a segment whose first piece is queued next; the one before has ended.
    pub(super) fn join(&mut self, segment: &Arc<Segment>) {
        self.segment = Some(Arc::clone(segment));
    }

    /// Leaves the segment, and keeps in mind that its frame is open.
    pub(super) fn leave(&mut self, coding: Coding) {
        if let Some(segment) = self.segment.take() {
            self.progress.note(coding, *segment.0.lock());
            self.progress.note_open();
        }
    }

    /// Leaves the segment; returns the bytes that have to be sent before anything else.
    pub(super) fn end_segment(&mut self, coding: Coding) -> &'static [u8] {
        self.leave(coding);
        self.progress.end_segment(coding)
    }

    /// Notes text that the stream is sent outside a segment.
    pub(super) fn note(&mut self, coding: Coding, text: Checksum) {
        self.progress.note(coding, text);
        self.count(text);
    }

    /// Counts text that is queued.
    pub(super) fn count(&mut self, text: Checksum) {
        self.plain = self.plain.saturating_add(u32::try_from(text.length()).unwrap_or(u32::MAX));
    }

    /// The bytes that were queued since they were counted last, before they were compressed.
    pub(super) fn take_plain(&mut self) -> usize {
        std::mem::take(&mut self.plain) as usize
    }

    /// Where the response stands, once it has left its segment.
    pub(crate) fn progress(&self) -> Progress {
        self.progress
    }
}
