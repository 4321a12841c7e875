//! One connection that updates are sent to: its queue, its schedule, its flush.
//!
//! The invariant: what was queued is sent whole and in order, or the connection is closed.

use std::io::IoSlice;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_protocol::{Coded, EventId, HeartbeatText, Topic};
use rustix::io::{self, Errno};
use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};

use super::positions::{KnownPosition, PositionTracker};
use super::queue::{PIECES, Queue};
use super::replay_channel::{NEVER, ReplayProgress, ReplayReceiver};
use super::segment::Compression;
use crate::leases::Lease;
use crate::output::Output;
use crate::update::Update;

/// A connection that updates are sent to.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) socket: OwnedFd,
    pub(crate) output: Output,
    /// With a content coding they are those of its group.
    pub(crate) topics: Arc<[Topic]>,
    /// The id of the last update that was queued.
    pub(crate) position: EventId,
    /// The position that its client was sent.
    pub(crate) known: KnownPosition,
    pub(crate) schedule: Schedule,
    /// The text of its heartbeats.
    pub(crate) heartbeat_text: HeartbeatText,
    /// Counts it under limits for as long as it lives.
    pub(crate) lease: Option<Box<Lease>>,
    pub(crate) queue: Queue,
    /// The shard's end of its replay, while it waits for that.
    pub(crate) replay_receiver: Option<Box<ReplayReceiver>>,
    /// The progress of its replay, while no shard holds it.
    pub(crate) replay_progress: Option<Box<ReplayProgress>>,
    /// Where its response stands, if that has a content coding.
    pub(crate) compression: Option<Compression>,
    /// True once it ends with what is queued.
    pub(crate) is_ending: bool,
    /// The time at which its timer comes up; a timer for another time is stale.
    pub(crate) timer: Option<Instant>,
    /// True while epoll reports when its socket is writable.
    pub(crate) awaits_writable: bool,
}

/// The times at which something has to be done for a subscriber.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// The longest silence before a heartbeat.
    pub(crate) heartbeat: Option<Duration>,
    /// The time at which it ends.
    pub(crate) end: Option<Instant>,
    /// The time for which its client may read nothing.
    pub(crate) write_timeout: Option<Duration>,
    /// The reconnection time that its client was sent last, in milliseconds; 0 if it was sent none.
    pub(crate) retry: u32,
    /// The reconnection time that its client is sent when the hub stops, in milliseconds; 0 for the hub's own.
    pub(crate) shutdown_retry: u32,
    /// The time of the last write.
    pub(crate) last_write: Instant,
}

/// The outcome of a flush.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// The queue is empty.
    All,
    /// The socket has no room for the rest.
    Part,
    /// The client is gone.
    Gone,
}

impl Subscriber {
    /// A subscriber with an empty queue, whose client knows no position.
    pub(crate) fn new(
        socket: OwnedFd,
        output: Output,
        topics: Arc<[Topic]>,
        schedule: Schedule,
        heartbeat_text: HeartbeatText,
    ) -> Self {
        Self {
            socket,
            output,
            topics,
            position: EventId::ZERO,
            known: KnownPosition::new(EventId::ZERO),
            schedule,
            heartbeat_text,
            lease: None,
            queue: Queue::default(),
            replay_receiver: None,
            replay_progress: None,
            compression: None,
            is_ending: false,
            timer: None,
            awaits_writable: false,
        }
    }

    /// True if this update is the next one for it.
    pub(super) fn awaits(&self, update: &Update) -> bool {
        self.position < update.id && !self.is_ending
    }

    /// Keeps updates from it until it has its replay.
    pub(crate) fn await_replay(&mut self, receiver: ReplayReceiver) {
        self.position = NEVER;
        self.known.is_complete = false;
        self.replay_receiver = Some(Box::new(receiver));
    }

    /// Gives it all updates after this id from now on; returns the number of its replay, if it has waited for one.
    pub(super) fn go_live(&mut self, position: EventId) -> Option<u64> {
        self.position = position;
        self.known.is_complete = true;
        self.end_replay()
    }

    /// Leaves its replay, and returns the number of that.
    pub(crate) fn end_replay(&mut self) -> Option<u64> {
        self.replay_receiver.take().map(|receiver| receiver.number)
    }

    /// Detaches the subscriber from the timers, the epoll and the groups of its shard.
    pub(crate) fn detached(mut self) -> Self {
        if let (Some(coding), Some(compression)) = (self.output.coding(), &mut self.compression) {
            compression.leave(coding);
        }
        Self { timer: None, awaits_writable: false, ..self }
    }

    /// The topics by which it is found; one with a content coding is found by its group.
    pub(super) fn own_topics(&self) -> &[Topic] {
        if self.compression.is_some() { &[] } else { &self.topics }
    }

    /// Its content coding, and where its response stands; it has left its segment.
    pub(crate) fn coded(&self) -> Option<Coded> {
        let progress = self.compression.as_ref()?.progress();
        Some(Coded { coding: self.output.coding()?, progress })
    }

    /// Queues its client's position, unless the client knows it; returns true if it did.
    pub(super) fn queue_position(&mut self, positions: &mut PositionTracker) -> bool {
        let Some(update) = positions.update_for(self.position, &self.known) else { return false };
        positions.note_sent(&mut self.known, update.id);
        self.push_update(&update);
        true
    }

    /// Sends what is queued, as far as the socket has room.
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

    /// True once its client has read nothing for too long.
    pub(crate) fn is_stalled(&self, now: Instant) -> bool {
        self.stalls_at().is_some_and(|stalls| now >= stalls)
    }

    fn stalls_at(&self) -> Option<Instant> {
        self.queue.stalled?.checked_add(self.schedule.write_timeout?)
    }

    /// True once its lifetime is over, unless it is ending already.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        !self.is_ending && self.schedule.end.is_some_and(|end| now >= end)
    }

    /// True once it has been silent for too long.
    pub(crate) fn wants_heartbeat(&self, now: Instant) -> bool {
        self.heartbeat_at().is_some_and(|due| now >= due)
    }

    fn heartbeat_at(&self) -> Option<Instant> {
        let silent = self.queue.is_empty().then_some(self.schedule.last_write)?;
        silent.checked_add(self.schedule.heartbeat?)
    }

    /// The time at which it has to be looked at again, if nothing happens before.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let end = self.schedule.end.filter(|_| !self.is_ending);
        [self.heartbeat_at(), end, self.stalls_at()].into_iter().flatten().min()
    }
}
