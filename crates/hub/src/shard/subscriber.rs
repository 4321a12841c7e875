//! One connection that events are sent to: what waits to be sent, and until when it may.
//!
//! The invariant: what was queued is sent whole and in order, or the connection is closed.

use std::{
    collections::VecDeque,
    io::IoSlice,
    os::fd::OwnedFd,
    sync::Arc,
    time::{Duration, Instant},
};

use hub_protocol::{EventId, HeartbeatText, Topic};
use rustix::{
    io::{self, Errno},
    net::{SendAncillaryBuffer, SendFlags, sendmsg},
};

use super::{
    positions::{KnownPosition, PositionTracker},
    replay_channel::{LATER, ReplayProgress, ReplayReceiver},
};
use crate::{
    framing::Output,
    leases::Lease,
    memory::Share,
    update::{Bytes, Update},
};

/// How many pieces one system call sends.
const PIECES: usize = 64;

/// No more pieces are looked at when these have so many bytes: a connection has no room for more.
const ENOUGH: usize = 256 * 1024;

/// So many bytes of its own are what a queue is let go of for.
const MUCH: usize = 64 * 1024;

/// A queue of so few pieces is part of what a stream takes, and is not counted.
const FEW: usize = PIECES;

/// A connection that events are sent to.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) socket: OwnedFd,
    pub(crate) output: Output,
    pub(crate) topics: Box<[Topic]>,
    /// The last event that was queued.
    pub(crate) position: EventId,
    /// Where its client knows that it is.
    pub(crate) known: KnownPosition,
    pub(crate) schedule: Schedule,
    /// What its heartbeats say.
    pub(crate) heartbeat_text: HeartbeatText,
    /// Its place under limits, for as long as it lives.
    pub(crate) lease: Option<Box<Lease>>,
    pub(crate) queue: Queue,
    /// What ties it to the core while it waits for what it has missed.
    pub(crate) replay_receiver: Option<Box<ReplayReceiver>>,
    /// What it has missed, while no shard holds it.
    pub(crate) replay_progress: Option<Box<ReplayProgress>>,
    /// Whether it ends with what is queued.
    pub(crate) is_ending: bool,
    /// When the wheel brings it up; what it brings up at other times is out of date.
    pub(crate) timer: Option<Instant>,
    /// Whether room in the connection is awaited.
    pub(crate) awaits_writable: bool,
}

/// When something has to be done about a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// The longest silence.
    pub(crate) heartbeat: Option<Duration>,
    /// When it is over.
    pub(crate) end: Option<Instant>,
    /// For how long its client may take nothing.
    pub(crate) write_timeout: Option<Duration>,
    /// The reconnection time that its client was told last, in milliseconds; 0 if it was told none.
    pub(crate) retry: u32,
    /// The reconnection time to leave behind when the hub stops, in milliseconds; 0 is for the hub to say.
    pub(crate) shutdown_retry: u32,
    /// When something was sent last.
    pub(crate) last_write: Instant,
}

/// What waits to be sent. Events are not copied: what a queue takes of its own is little, and is counted.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pieces: VecDeque<Piece>,
    /// How much of the first piece has been sent.
    sent: usize,
    /// How many bytes have come, since nothing waited, that nobody else keeps.
    own: usize,
    /// What it takes.
    share: Share,
    /// Since when the client takes nothing.
    stalled: Option<Instant>,
    /// Whether the last line of all that was queued is a comment.
    ends_in_comment: bool,
}

/// One thing that waits to be sent.
#[derive(Debug)]
enum Piece {
    /// An event, whose bytes are shared.
    Update(Arc<Update>),
    /// What has waited in the program before.
    Inherited(Arc<Inherited>),
    /// Any other bytes.
    Bytes(Bytes),
}

/// Bytes that have waited in the program before, for one client or for several. They count until the last of
/// these has them.
#[derive(Debug)]
pub(crate) struct Inherited {
    bytes: Bytes,
    _share: Share,
}

impl Inherited {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { _share: Share::of(bytes.len()), bytes: bytes.into() }
    }
}

impl Piece {
    fn bytes(&self, output: Output) -> Option<&Bytes> {
        match self {
            Self::Update(event) => event.shared_bytes(output),
            Self::Inherited(inherited) => Some(&inherited.bytes),
            Self::Bytes(bytes) => Some(bytes),
        }
    }

    fn slice(&self, output: Output) -> &[u8] {
        self.bytes(output).map_or(&[], |bytes| bytes)
    }
}

/// How a flush went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// Nothing waits any more.
    All,
    /// There is no room for the rest.
    Part,
    /// The client is gone.
    Gone,
}

impl Queue {
    /// What waited in the program before, how much of its first piece was sent, and whether the last line of
    /// all that was queued there is a comment.
    pub(crate) fn restored(
        pieces: Vec<Arc<Inherited>>,
        sent: usize,
        ends_in_comment: bool,
        output: Output,
    ) -> Self {
        let mut queue = Self::default();
        for piece in pieces {
            queue.add(Piece::Inherited(piece));
        }
        if sent > 0 {
            queue.advance(sent, output);
        }
        Self { ends_in_comment, ..queue }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(crate) fn push(&mut self, bytes: Bytes) {
        if !bytes.is_empty() {
            if Arc::strong_count(&bytes) == 1 {
                self.own += bytes.len();
            }
            self.add(Piece::Bytes(bytes));
        }
    }

    /// The same, for bytes whose last line is a comment.
    pub(crate) fn push_comment(&mut self, bytes: Bytes) {
        self.push(bytes);
        self.ends_in_comment = true;
    }

    /// The same, for an event.
    pub(crate) fn push_event(&mut self, event: &Arc<Update>, output: Output) {
        if output.shared().is_some() {
            self.add(Piece::Update(Arc::clone(event)));
        } else {
            self.push(event.bytes(output));
        }
    }

    fn add(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
        self.ends_in_comment = false;
        let room = self.pieces.capacity();
        if room > FEW || self.own > 0 {
            self.share.set(self.own + room * size_of::<Piece>());
        }
    }

    /// Whether the last line of all that was queued is a comment.
    pub(crate) fn ends_in_comment(&self) -> bool {
        self.ends_in_comment
    }

    /// Its place in the order in which clients are dropped: who waits for what nobody else keeps comes first, and
    /// who is furthest behind. `None` if there is nothing to gain.
    pub(super) fn rank(&self) -> Option<(bool, EventId)> {
        let mut shared = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Update(event) => Some((event.is_kept() && self.own < MUCH, event.id)),
            Piece::Inherited(_) => Some((false, EventId::ZERO)),
            Piece::Bytes(_) => None,
        });
        let own = (self.own > 0).then_some((self.own < MUCH, EventId::ZERO));
        shared.next().or(own)
    }

    /// What waits, and what was sent of the first piece.
    pub(crate) fn pieces(&self, output: Output) -> impl Iterator<Item = &Bytes> {
        self.pieces.iter().filter_map(move |piece| piece.bytes(output))
    }

    /// How much of the first piece has been sent.
    pub(crate) fn sent(&self) -> usize {
        self.sent
    }

    fn slices(&self, output: Output) -> impl Iterator<Item = IoSlice<'_>> {
        let (mut skip, mut length) = (self.sent, 0);
        let pieces = self.pieces.iter().take(PIECES);
        pieces.map_while(move |piece| {
            let piece = (length < ENOUGH).then(|| &piece.slice(output)[skip..])?;
            skip = 0;
            length += piece.len();
            Some(IoSlice::new(piece))
        })
    }

    /// So many bytes have been sent.
    fn advance(&mut self, mut sent: usize, output: Output) {
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
        // An idle stream holds no memory for what may come.
        self.pieces = VecDeque::new();
        self.own = 0;
        self.share.set(0);
    }
}

impl Subscriber {
    /// Has it get nothing new before it has what it has missed.
    pub(crate) fn wait(&mut self, catch_up: ReplayReceiver) {
        self.position = LATER;
        self.known.is_complete = false;
        self.replay_receiver = Some(Box::new(catch_up));
    }

    /// Has it get what is new after an event; its number, if it has waited.
    pub(super) fn go_live(&mut self, position: EventId) -> Option<u64> {
        self.position = position;
        self.known.is_complete = true;
        self.stop_waiting()
    }

    /// Its number, if it waits for what it has missed.
    pub(crate) fn stop_waiting(&mut self) -> Option<u64> {
        self.replay_receiver.take().map(|catch_up| catch_up.number)
    }

    /// The same stream, which no wheel or epoll knows of.
    pub(crate) fn forgotten(self) -> Self {
        Self { timer: None, awaits_writable: false, ..self }
    }

    /// Queues where its client is, unless it knows that.
    pub(super) fn tell_position(&mut self, course: &mut PositionTracker) -> bool {
        let Some(event) = course.news(self.position, &self.known) else { return false };
        course.note_told(&mut self.known, event.id);
        self.queue.push(event.bytes(self.output));
        true
    }

    /// Sends what waits, as far as there is room.
    pub(crate) fn flush(&mut self, now: Instant, sent_bytes: &mut usize) -> Flushed {
        while !self.queue.is_empty() {
            match self.send() {
                Ok(sent) => {
                    *sent_bytes += sent;
                    self.queue.advance(sent, self.output);
                    self.queue.stalled = None;
                    self.schedule.last_write = now;
                }
                Err(Errno::AGAIN) => {
                    self.queue.stalled.get_or_insert(now);
                    return Flushed::Part;
                }
                Err(_) => return Flushed::Gone,
            }
        }
        Flushed::All
    }

    fn send(&self) -> io::Result<usize> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        let mut slices = [IoSlice::new(&[]); PIECES];
        let mut count = 0;
        for (slice, piece) in slices.iter_mut().zip(self.queue.slices(self.output)) {
            *slice = piece;
            count += 1;
        }
        let mut control = SendAncillaryBuffer::default();
        io::retry_on_intr(|| sendmsg(&self.socket, &slices[..count], &mut control, flags))
    }

    /// Whether its client has taken nothing for too long.
    pub(crate) fn is_stalled(&self, now: Instant) -> bool {
        self.stalls_at().is_some_and(|stalls| now >= stalls)
    }

    fn stalls_at(&self) -> Option<Instant> {
        self.queue.stalled?.checked_add(self.schedule.write_timeout?)
    }

    /// Whether its time is over.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        !self.is_ending && self.schedule.end.is_some_and(|end| now >= end)
    }

    /// Whether it has been silent for too long.
    pub(crate) fn wants_heartbeat(&self, now: Instant) -> bool {
        self.heartbeat_at().is_some_and(|due| now >= due)
    }

    fn heartbeat_at(&self) -> Option<Instant> {
        let silent = self.queue.is_empty().then_some(self.schedule.last_write)?;
        silent.checked_add(self.schedule.heartbeat?)
    }

    /// When it has to be looked at again, if nothing happens before.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let end = self.schedule.end.filter(|_| !self.is_ending);
        [self.heartbeat_at(), end, self.stalls_at()].into_iter().flatten().min()
    }
}
