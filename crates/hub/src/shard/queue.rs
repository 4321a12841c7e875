//! The queue of one subscriber: the bytes to be sent.
//!
//! The invariant: pieces leave in the order in which they came, and each whole. Memory that only the queue keeps is
//! counted as kept for slow clients.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::Instant;

use hub_protocol::EventId;

use crate::memory::QueueMemory;
use crate::output::Output;
use crate::update::{Bytes, Update};

/// The most pieces that one system call sends.
pub(super) const PIECES: usize = 64;

/// One system call gets no more pieces once they have so many bytes: a socket has no room for more.
const ENOUGH: usize = 256 * 1024;

/// A queue that alone keeps so many bytes is worth dropping.
const MUCH: usize = 64 * 1024;

/// A queue of so few pieces counts as part of its subscriber, and not by itself.
const FEW: usize = PIECES;

/// The pieces to be sent. Updates are not copied: a queue takes little memory of its own, and that is counted.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pieces: VecDeque<Piece>,
    /// The number of bytes of the first piece that have been sent.
    sent: usize,
    /// The number of bytes that were queued since it was empty last, and that nobody else keeps.
    own: usize,
    /// The memory that it takes.
    memory: QueueMemory,
    /// The moment since when the client takes nothing.
    pub(super) stalled: Option<Instant>,
    /// True while the last line of all that was queued is a comment.
    ends_in_comment: bool,
}

/// One thing to be sent.
#[derive(Debug)]
enum Piece {
    /// An update, whose bytes are shared.
    Update(Arc<Update>),
    /// A piece of a segment, or bytes that were queued in the program before.
    Shared(Arc<Shared>),
    /// Any other bytes.
    Bytes(Bytes),
}

/// Bytes that queues alone keep, of one client or several. They count until the last of these has them.
#[derive(Debug)]
pub(crate) struct Shared {
    bytes: Bytes,
    /// The position after them, as far as it is known.
    id: EventId,
    _memory: QueueMemory,
}

impl Shared {
    pub(crate) fn new(bytes: Vec<u8>, id: EventId) -> Self {
        Self { _memory: QueueMemory::of(bytes.len()), bytes: bytes.into(), id }
    }
}

impl Piece {
    fn bytes(&self, output: Output) -> Option<&Bytes> {
        match self {
            Self::Update(update) => update.shared_bytes(output),
            Self::Shared(shared) => Some(&shared.bytes),
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    fn slice(&self, output: Output) -> &[u8] {
        self.bytes(output).map_or(&[], |bytes| bytes)
    }
}

impl Queue {
    /// Restores the queue of the program before: its pieces, how much of the first one was sent, and if the last line
    /// of all that was queued there is a comment.
    pub(crate) fn restored(
        pieces: Vec<Arc<Shared>>,
        sent: usize,
        ends_in_comment: bool,
        output: Output,
    ) -> Self {
        let mut queue = Self::default();
        for piece in pieces {
            queue.add(Piece::Shared(piece));
        }
        if sent > 0 {
            queue.advance(sent, output);
        }
        Self { ends_in_comment, ..queue }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Queues bytes, unless there are none.
    pub(crate) fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            if Arc::strong_count(&bytes) == 1 {
                self.own += bytes.len();
            }
            self.add(Piece::Bytes(bytes));
        }
    }

    /// Queues an update: its bytes are shared with subscribers that need the same.
    pub(crate) fn push_update(&mut self, update: &Arc<Update>, output: Output) {
        if output.shared().is_some() {
            self.add(Piece::Update(Arc::clone(update)));
        } else {
            self.push(update.bytes(output));
        }
    }

    /// Queues bytes that are shared with other queues.
    pub(crate) fn push_shared(&mut self, bytes: Arc<Shared>) {
        self.add(Piece::Shared(bytes));
    }

    /// Notes that the last line of all that was queued is a comment.
    pub(crate) fn note_comment(&mut self) {
        self.ends_in_comment = true;
    }

    fn add(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
        self.ends_in_comment = false;
        let room = self.pieces.capacity();
        if room > FEW || self.own > 0 {
            self.memory.set(self.own + room * size_of::<Piece>());
        }
    }

    /// True while the last line of all that was queued is a comment.
    pub(crate) fn ends_in_comment(&self) -> bool {
        self.ends_in_comment
    }

    /// The rank by which slow clients are dropped, the lowest first: those with updates that nobody else keeps, and
    /// of these the one that is furthest behind. `None` if dropping it gains nothing.
    pub(super) fn drop_rank(&self) -> Option<(bool, EventId)> {
        let mut shared = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Update(update) => Some((update.is_kept() && self.own < MUCH, update.id)),
            Piece::Shared(shared) => Some((false, shared.id)),
            Piece::Bytes(_) => None,
        });
        let own = (self.own > 0).then_some((self.own < MUCH, EventId::ZERO));
        shared.next().or(own)
    }

    /// The pieces to be sent; the first one may have been sent in part.
    pub(crate) fn pieces(&self, output: Output) -> impl Iterator<Item = &Bytes> {
        self.pieces.iter().filter_map(move |piece| piece.bytes(output))
    }

    /// The number of bytes of the first piece that have been sent.
    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    /// The bytes for one system call.
    pub(super) fn slices(&self, output: Output) -> impl Iterator<Item = IoSlice<'_>> {
        let (mut skip, mut length) = (self.sent, 0);
        let pieces = self.pieces.iter().take(PIECES);
        pieces.map_while(move |piece| {
            let piece = (length < ENOUGH).then(|| &piece.slice(output)[skip..])?;
            skip = 0;
            length += piece.len();
            Some(IoSlice::new(piece))
        })
    }

    /// Removes so many bytes, which were sent.
    pub(super) fn advance(&mut self, mut sent: usize, output: Output) {
        while let Some(first) = self.pieces.front() {
            let left = first.slice(output).len() - self.sent;
            if sent < left {
                self.sent += sent;
                return;
            }
            sent -= left;
            self.sent = 0;
            self.pieces.pop_front();
        }
        // An idle subscriber holds no memory for what may come.
        self.pieces = VecDeque::new();
        self.own = 0;
        self.memory.set(0);
    }
}
