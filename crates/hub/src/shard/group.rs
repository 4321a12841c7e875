//! A group: the streams of a shard that are sent the same in the same coding, and the segment that they have in common.
//!
//! The invariant: a piece is encoded after those before it of its segment, and queued for all who are in that.
//!
//! A segment is begun anew so that streams that have come since can join. That costs all who are in it about as much as
//! one event by itself, and those outside have had each event by itself meanwhile: it is begun anew once they have cost
//! as much, so that both together cost at most about twice what is possible. A newcomer among thousands waits for the
//! next [`LONG`] pieces at most, whose length hides what a new segment costs.

use std::sync::Arc;

use content_coding::{Checksum, Coding, SegmentEncoder};
use hub_protocol::{EventId, Framing};

use super::members::Members;
use super::queue::Shared;
use super::registry::Token;
use super::segment::Segment;
use crate::encoders::Grant;
use crate::output::{Output, shared_framing};
use crate::update::Bytes;

/// The number of pieces after which a segment is begun anew for anybody who waits. Of zstd, a board of 16.7 KB then
/// takes 63 bytes an event; one segment without an end 58, and one each 64 events 81.
const LONG: u32 = 256;

/// A group of streams.
#[derive(Debug)]
pub(super) struct Group {
    coding: Coding,
    pub(super) members: Members<Token>,
    /// The encoder, while there is memory for one.
    sharing: Option<Sharing>,
}

/// The encoder of a group, and the segment that it encodes.
#[derive(Debug)]
struct Sharing {
    encoder: SegmentEncoder,
    memory: Grant,
    segment: Arc<Segment>,
    /// The number of pieces of the segment.
    pieces: u32,
    /// What the events have cost that streams outside were sent by themselves since the segment began, in bytes, and
    /// what the last one of these has.
    outside: usize,
    last: usize,
}

/// A piece of a segment, to be queued for all who are in it.
#[derive(Debug)]
pub(super) struct Piece {
    coding: Coding,
    pub(super) segment: Arc<Segment>,
    /// True if it is the first one, at which streams join.
    pub(super) is_first: bool,
    /// The position after it, for the order in which slow clients are dropped.
    id: EventId,
    /// That of its text.
    pub(super) checksum: Checksum,
    bytes: Vec<u8>,
    by_framing: [Option<Arc<Shared>>; Output::FRAMINGS],
}

/// A piece as one stream is sent it.
pub(super) enum Framed {
    Shared(Arc<Shared>),
    /// In a framing that is not worth sharing.
    Own(Bytes),
}

impl Group {
    pub(super) fn new(coding: Coding) -> Self {
        Self { coding, members: Members::default(), sharing: None }
    }

    pub(super) fn coding(&self) -> Coding {
        self.coding
    }

    pub(super) fn has_encoder(&self) -> bool {
        self.sharing.is_some()
    }

    /// Encodes segments from now on.
    pub(super) fn begin(&mut self, memory: Grant) {
        self.sharing = Some(Sharing {
            encoder: SegmentEncoder::new(self.coding),
            memory,
            segment: Segment::new(self.coding),
            pieces: 0,
            outside: 0,
            last: 0,
        });
    }

    /// Gives the memory of the encoder back. Streams leave the segment when they are sent something.
    pub(super) fn end(&mut self) {
        self.sharing = None;
    }

    /// The memory of the encoder, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.sharing.as_ref().map_or(0, |sharing| sharing.memory.bytes())
    }

    /// The segment that streams may be in.
    pub(super) fn segment(&self) -> Option<&Arc<Segment>> {
        self.sharing.as_ref().map(|sharing| &sharing.segment)
    }

    /// Encodes an event, as the next piece of the segment or the first one of another. `None` if there is no encoder.
    pub(super) fn next_piece(&mut self, text: &[u8], id: EventId) -> Option<Piece> {
        let sharing = self.sharing.as_mut()?;
        if sharing.pieces > 0 && sharing.is_cut_due() {
            sharing.cut(self.coding);
        }
        Some(sharing.encode(self.coding, text, id))
    }

    /// Encodes something for those who are in the segment, at which nobody joins. `None` if there is no segment.
    pub(super) fn next_inside(&mut self, text: &[u8], id: EventId) -> Option<Piece> {
        let sharing = self.sharing.as_mut()?;
        (sharing.pieces > 0).then(|| sharing.encode(self.coding, text, id))
    }

    /// Notes that streams outside were sent an event of so many bytes by itself.
    pub(super) fn note_outside(&mut self, streams: usize, bytes: usize) {
        if let Some(sharing) = &mut self.sharing {
            sharing.outside += streams * bytes;
            sharing.last = bytes;
        }
    }
}

impl Sharing {
    /// True if the next event begins another segment.
    fn is_cut_due(&self) -> bool {
        let inside = self.segment.streams();
        let waits = self.outside > 0;
        inside == 0 || waits && (self.pieces >= LONG || self.outside >= inside * self.last)
    }

    fn cut(&mut self, coding: Coding) {
        self.encoder.restart();
        self.segment = Segment::new(coding);
        (self.pieces, self.outside) = (0, 0);
    }

    fn encode(&mut self, coding: Coding, text: &[u8], id: EventId) -> Piece {
        let mut bytes = Vec::new();
        self.encoder.append(text, &mut bytes);
        let is_first = self.pieces == 0;
        self.pieces = self.pieces.saturating_add(1);
        Piece {
            coding,
            segment: Arc::clone(&self.segment),
            is_first,
            id,
            checksum: Checksum::of(coding, text),
            bytes,
            by_framing: [const { None }; Output::FRAMINGS],
        }
    }
}

impl Piece {
    /// Returns it in this framing.
    pub(super) fn framed(&mut self, framing: Framing) -> Framed {
        let Self { bytes, by_framing, id, .. } = self;
        let place = shared_framing(framing).and_then(|index| by_framing.get_mut(index));
        match place {
            Some(place) => {
                let make = || Arc::new(Shared::new(framing.wrap(bytes), *id));
                Framed::Shared(Arc::clone(place.get_or_insert_with(make)))
            }
            None => Framed::Own(framing.wrap(bytes).into()),
        }
    }

    /// Notes that it was queued for all who are in the segment.
    pub(super) fn finish(self) {
        self.segment.note(self.coding, self.checksum);
    }
}
