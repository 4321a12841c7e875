//! One event stream, from its first byte to its stop reason: sends, stops, finishes.
//!
//! The invariant: a blank line of ours stands only at the end of an event, as many clients dispatch an empty message
//! at every one. The first bytes, comments and reconnection times are lines; an event without data that a script
//! sends keeps its blank line. And no stream ends with a comment: some clients do not reconnect then. If a comment is
//! the last line, the reconnection time in force goes out behind it, or [`LAST_LINE`] if there is none, or if an
//! `echo` may have sent another one. An unfinished comment of the script's is ended first; any other unfinished line
//! of it is left alone.

use std::cell::Cell;
use std::time::{Duration, Instant};

use event_stream::{Comment, Event, EventId, Heartbeat, LAST_LINE, Position, Retry};

use super::client_position::ClientPosition;
use super::connection::{Bailout, Connection, Written};
use super::last_sent::LastSent;
use super::options::Options;
use super::packet::Packet;
use super::stop_reason::StopReason;

/// The time for which a script may go on sending to a client that has left.
pub const GRACE: Duration = Duration::from_secs(10);

/// One event stream. Its methods return `true` while it is open; after it has stopped, nothing is written.
pub struct Stream<C> {
    connection: C,
    /// The interval of its heartbeats, if the connection sends none itself.
    pub(super) heartbeat: Option<Duration>,
    pub(super) heartbeat_line: Heartbeat,
    pub(super) end: Option<Instant>,
    shutdown_retry: Option<Retry>,
    /// The reconnection time that the client was sent last.
    retry: Cell<Option<Retry>>,
    pub(super) last_write: Cell<Instant>,
    stopped: Cell<Option<StopReason>>,
    /// The time when its client left.
    left: Cell<Option<Instant>>,
    sent_last: Cell<bool>,
    pub(super) client_position: ClientPosition,
    /// The document that its client has.
    pub(super) last_document: LastSent,
    /// The frame that the next value of a source is compared with.
    pub(super) last_frame: LastSent,
    /// Kept from write to write: a stream allocates only when a frame is larger than all before.
    packet: Cell<Packet>,
}

impl<C: Connection> Stream<C> {
    /// The capacity, in bytes, above which a packet is freed after the write.
    const PACKET_KEPT: usize = 1024 * 1024;

    /// A stream on this connection. `jitter` is a random number from 0 to 1 that varies its lifetime.
    pub fn new(connection: C, options: &Options, jitter: f64) -> Self {
        let now = connection.now();
        Self {
            heartbeat: options.heartbeat.filter(|_| !connection.beats_itself()),
            heartbeat_line: options.heartbeat_line,
            connection,
            end: options.max_lifetime.and_then(|lifetime| lifetime.end(now, jitter)),
            shutdown_retry: options.shutdown_retry,
            retry: Cell::new(options.retry),
            last_write: Cell::new(now),
            stopped: Cell::new(None),
            left: Cell::new(None),
            sent_last: Cell::new(false),
            client_position: ClientPosition::default(),
            last_document: LastSent::default(),
            last_frame: LastSent::default(),
            packet: Cell::default(),
        }
    }

    /// The connection that the stream writes to.
    pub fn connection(&self) -> &C {
        &self.connection
    }

    /// Sends the first bytes, even if the stream is to stop at once: the client learns its reconnection time. A
    /// client that has reconnected is sent the last event ID that it came with; see [`Position`].
    ///
    /// # Errors
    ///
    /// [`Bailout`], as every method that writes: the engine needs the control back at once.
    pub fn begin(&self, last_event_id: Option<EventId<'_>>) -> Result<bool, Bailout> {
        let retry = self.retry.get();
        self.client_position.begin(last_event_id);
        self.write_out(|out| {
            out.extend_from_slice(self.heartbeat_line.line());
            match (last_event_id, retry) {
                (Some(id), retry) => Position { id, retry }.encode_into(out),
                (None, Some(retry)) => retry.encode_into(out),
                (None, None) => {}
            }
        })
    }

    /// Sends one event.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send(&self, event: &Event<'_>) -> Result<bool, Bailout> {
        if self.is_open() { self.send_out(event) } else { Ok(false) }
    }

    #[inline]
    pub(super) fn send_out(&self, event: &Event<'_>) -> Result<bool, Bailout> {
        self.note_retry(event.retry);
        if event.id.is_some() {
            self.client_position.note_id();
        }
        self.write_out(|out| event.encode_into(out))
    }

    /// Sends encoded frames with one write. `retry` is the last reconnection time in them; `have_ids` says if one of
    /// them has an id.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_frames(
        &self,
        mut frames: Packet,
        retry: Option<Retry>,
        have_ids: bool,
    ) -> Result<bool, Bailout> {
        if !self.is_open() || frames.is_empty() {
            return Ok(self.stop_reason().is_none());
        }
        self.note_retry(retry);
        if have_ids {
            self.client_position.note_id();
        }
        frames.prepend(self.connection.tail().before_frame());
        let written = self.connection.write(&mut frames)?;
        Ok(self.note(written))
    }

    /// Sends a comment on a line of its own; it does not end an event that the script is echoing.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn comment(&self, comment: Comment<'_>) -> Result<bool, Bailout> {
        if self.is_open() { self.write_lines(|out| comment.encode_into(out)) } else { Ok(false) }
    }

    /// Sends a reconnection time. Like a comment, it is a line that belongs to no event.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn retry(&self, time: Retry) -> Result<bool, Bailout> {
        if self.is_open() { self.send_retry(time) } else { Ok(false) }
    }

    /// The reconnection time that the client was sent last.
    pub fn retry_in_force(&self) -> Option<Retry> {
        self.retry.get()
    }

    fn send_retry(&self, time: Retry) -> Result<bool, Bailout> {
        self.note_retry(Some(time));
        self.write_lines(|out| time.encode_into(out))
    }

    #[inline]
    fn note_retry(&self, time: Option<Retry>) {
        if time.is_some() {
            self.retry.set(time);
        }
    }

    /// Sends one last event, also if the stream has stopped for a reason that leaves its client listening. Only the
    /// first call sends anything.
    ///
    /// # Errors
    ///
    /// [`Bailout`].
    pub fn send_last(&self, event: &Event<'_>) -> Result<bool, Bailout> {
        let listening = matches!(
            self.stop_reason(),
            None | Some(StopReason::MaxLifetime | StopReason::Shutdown)
        );
        if !listening || self.connection.stop_reason() == Some(StopReason::ClientGone) {
            return Ok(false);
        }
        if self.sent_last.replace(true) {
            return Ok(false);
        }
        self.send_out(event)
    }

    /// Ends the connection; nobody writes to it any more.
    ///
    /// # Errors
    ///
    /// [`Bailout`]; it is ended all the same.
    pub fn finish(&self) -> Result<(), Bailout> {
        let mut line = Vec::new();
        match self.retry.get().filter(|_| !self.connection.was_echoed_to()) {
            Some(retry) => retry.encode_into(&mut line),
            None => line.extend_from_slice(LAST_LINE),
        }
        let listening = !matches!(
            self.stop_reason(),
            Some(StopReason::ClientGone | StopReason::WriteTimeout | StopReason::HandedOff)
        );
        let told = if listening { self.send_last_position() } else { Ok(()) };
        let finished = self.connection.finish(listening.then_some(&*line));
        told.and(finished)
    }

    /// True if the stream is open; asks the connection, and the clock.
    pub fn is_open(&self) -> bool {
        if self.stopped.get().is_none() {
            if let Some(reason) = self.connection.stop_reason() {
                self.learn(reason);
            } else if self.end.is_some_and(|end| end <= self.connection.now()) {
                self.stop(StopReason::MaxLifetime);
            }
        }
        self.stopped.get().is_none()
    }

    /// Stops the stream for a reason that its connection has given. On a shutdown, sends the client the reconnection
    /// time for it.
    fn learn(&self, reason: StopReason) {
        let news = self.stopped.get().is_none();
        self.stop(reason);
        let Some(retry) = self.shutdown_retry else { return };
        if news && reason == StopReason::Shutdown {
            // If the write fails, nobody is there to read it.
            let _ = self.send_retry(retry);
        }
    }

    /// Stops the stream; the first reason stays.
    pub fn stop(&self, reason: StopReason) {
        if self.stopped.get().is_none() {
            self.stopped.set(Some(reason));
            self.last_document.forget();
            self.last_frame.forget();
            self.note_disconnect(reason);
        }
    }

    /// Closes the stream; if its client has left already, that is the stop reason.
    pub fn close(&self) {
        self.stop(self.connection.stop_reason().unwrap_or(StopReason::Closed));
    }

    /// Returns the stop reason, as far as the stream has learnt of one; `None` while it is open.
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.stopped.get()
    }

    /// Returns the remaining lifetime; `None` is for ever.
    pub fn remaining(&self) -> Option<Duration> {
        self.end.map(|end| end.saturating_duration_since(self.connection.now()))
    }

    /// True if the script still sends 10 s after its client has left, whatever stopped the stream before. PHP would
    /// have ended the script at its first `echo`; a loop that ignores our return values must not hold a worker for
    /// ever.
    pub fn ignores_disconnect(&self) -> bool {
        if self.stopped.get().is_none() {
            return false;
        }
        if let Some(reason) = self.connection.stop_reason() {
            self.note_disconnect(reason);
        }
        let left = self.left.get();
        left.is_some_and(|left| self.connection.now().saturating_duration_since(left) >= GRACE)
    }

    /// Notes when the client left, if that is the reason; a client that takes no bytes counts as gone, too.
    fn note_disconnect(&self, reason: StopReason) {
        if matches!(reason, StopReason::ClientGone | StopReason::WriteTimeout)
            && self.left.get().is_none()
        {
            self.left.set(Some(self.connection.now()));
        }
    }

    /// Writes the bytes that `fill` appends, behind those that end an unfinished line or event of the script's.
    #[inline]
    fn write_out(&self, fill: impl FnOnce(&mut Vec<u8>)) -> Result<bool, Bailout> {
        // Taken out, not borrowed: output callbacks that run inside the write may send, too.
        let mut packet = self.packet.take();
        let out = packet.end();
        out.extend_from_slice(self.connection.tail().before_frame());
        let before = out.len();
        fill(out);
        let result = if out.len() == before {
            Ok(Written::Whole)
        } else {
            self.connection.write(&mut packet)
        };
        if packet.capacity() <= Self::PACKET_KEPT {
            packet.clear();
            self.packet.set(packet);
        }
        Ok(self.note(result?))
    }

    /// Writes the lines that `fill` appends; they belong to no event, so they end none.
    fn write_lines(&self, fill: impl FnOnce(&mut Vec<u8>)) -> Result<bool, Bailout> {
        let mut lines = Packet::of(self.connection.tail().before_line());
        fill(lines.end());
        let written = self.connection.write(&mut lines)?;
        Ok(self.note(written))
    }

    #[inline]
    pub(super) fn note(&self, written: Written) -> bool {
        if self.heartbeat.is_some() {
            self.last_write.set(self.connection.now());
        }
        if let Written::Stopped(reason) = written {
            self.learn(reason);
        }
        self.stopped.get().is_none()
    }
}
