//! One event stream, from its first byte to the reason it stopped for.

use std::cell::Cell;
use std::time::{Duration, Instant};

use event_stream::{Comment, Event, FIRST_BYTES, HEARTBEAT, Retry};

use super::{Connection, Interrupted, Options, StopReason, Written};

/// One event stream. Answers `true` while it is open; after it has stopped, nothing is written.
pub struct Stream<C> {
    connection: C,
    heartbeat: Option<Duration>,
    end: Option<Instant>,
    goodbye: Option<Retry>,
    last_write: Cell<Instant>,
    stopped: Cell<Option<(StopReason, Instant)>>,
    said_farewell: Cell<bool>,
    /// Kept from write to write, so that a stream allocates for its largest frame only.
    buffer: Cell<Vec<u8>>,
}

impl<C: Connection> Stream<C> {
    /// A buffer that has grown beyond this is given back after the write, in bytes.
    const BUFFER_KEPT: usize = 1024 * 1024;

    /// How long a script may go on sending to a client that has left.
    const GRACE: Duration = Duration::from_secs(10);

    /// A stream on this connection. `luck` is a random number from 0 to 1 that varies its lifetime.
    pub fn new(connection: C, options: &Options, now: Instant, luck: f64) -> Self {
        Self {
            heartbeat: options.heartbeat.filter(|_| !connection.beats_itself()),
            connection,
            end: options.max_lifetime.and_then(|lifetime| lifetime.end(now, luck)),
            goodbye: options.goodbye,
            last_write: Cell::new(now),
            stopped: Cell::new(None),
            said_farewell: Cell::new(false),
            buffer: Cell::default(),
        }
    }

    /// Whether the stream ends by itself.
    pub fn has_lifetime(&self) -> bool {
        self.end.is_some()
    }

    /// What the stream writes to.
    pub fn connection(&self) -> &C {
        &self.connection
    }

    /// Sends the first bytes, even if the stream is to stop at once: the client learns when to come back.
    ///
    /// # Errors
    ///
    /// [`Interrupted`], as every method that writes: the engine needs the control back at once.
    pub fn begin(&self, options: &Options, now: Instant) -> Result<bool, Interrupted> {
        let hello = Event { retry: options.retry, ..Event::default() };
        self.write_out(now, |out| {
            out.extend_from_slice(FIRST_BYTES);
            hello.encode_into(out);
        })
    }

    /// Sends events, all with one write.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn send(&self, events: &[Event<'_>], now: Instant) -> Result<bool, Interrupted> {
        self.write(now, |out| events.iter().for_each(|event| event.encode_into(out)))
    }

    /// Sends frames that were encoded before.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn send_frames(&self, mut frames: Vec<u8>, now: Instant) -> Result<bool, Interrupted> {
        let before = self.connection.tail().before_frame();
        if !before.is_empty() {
            frames.splice(..0, before.iter().copied());
        }
        if !self.is_open(now) || frames.is_empty() {
            return Ok(self.stop_reason().is_none());
        }
        let written = self.connection.write(&frames)?;
        Ok(self.note(written, now))
    }

    /// Sends a comment. It needs a line of its own, but ends no event that the script is echoing.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn comment(&self, comment: Comment<'_>, now: Instant) -> Result<bool, Interrupted> {
        if !self.is_open(now) {
            return Ok(false);
        }
        let at_line_start = self.connection.tail().at_line_start();
        let mut lines = if at_line_start { Vec::new() } else { b"\n".to_vec() };
        comment.encode_into(&mut lines);
        let written = self.connection.write(&lines)?;
        Ok(self.note(written, now))
    }

    /// Sends one last event, also if the stream has stopped for a reason that leaves its client
    /// listening. Only the first farewell is sent.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn say_farewell(&self, event: &Event<'_>, now: Instant) -> Result<bool, Interrupted> {
        let listening = matches!(
            self.stop_reason(),
            None | Some(StopReason::MaxLifetime | StopReason::Shutdown)
        );
        if !listening || self.connection.stop_reason() == Some(StopReason::ClientGone) {
            return Ok(false);
        }
        if self.said_farewell.replace(true) {
            return Ok(false);
        }
        self.write_out(now, |out| event.encode_into(out))
    }

    /// Waits, and keeps the connection alive meanwhile. Answers early, with `false`, as soon as the
    /// stream should stop; and early, with `true`, when the engine has something to run.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn wait(&self, length: Duration, now: Instant) -> Result<bool, Interrupted> {
        let until = now.checked_add(length);
        let mut now = now;
        loop {
            if !self.is_open(now) || !self.beat_if_due(now)? {
                return Ok(false);
            }
            if until.is_some_and(|until| until <= now) {
                return Ok(true);
            }
            let next = [until, self.end, self.heartbeat_due(now)].into_iter().flatten().min();
            let woken = self.connection.sleep_until(next);
            now = woken.at;
            if woken.early {
                return Ok(self.is_open(now));
            }
        }
    }

    /// Whether the stream is open; asks the connection, and the clock.
    pub fn is_open(&self, now: Instant) -> bool {
        if self.stopped.get().is_none() {
            if let Some(reason) = self.connection.stop_reason() {
                self.learn(reason, now);
            } else if self.end.is_some_and(|end| end <= now) {
                self.stop(StopReason::MaxLifetime, now);
            }
        }
        self.stopped.get().is_none()
    }

    /// Stops the stream for what its connection says, and tells a client whose server is about to stop
    /// when to come back.
    fn learn(&self, reason: StopReason, now: Instant) {
        let news = self.stopped.get().is_none();
        self.stop(reason, now);
        let Some(retry) = self.goodbye else { return };
        if news && reason == StopReason::Shutdown {
            let goodbye = Event { retry: Some(retry), ..Event::default() };
            // If it cannot be written, nobody is there to read it.
            let _ = self.write_out(now, |out| goodbye.encode_into(out));
        }
    }

    /// Stops the stream; the first reason stays.
    pub fn stop(&self, reason: StopReason, now: Instant) {
        if self.stopped.get().is_none() {
            self.stopped.set(Some((reason, now)));
        }
    }

    /// Closes the stream; if its client has left already, that is the reason.
    pub fn close(&self, now: Instant) {
        self.stop(self.connection.stop_reason().unwrap_or(StopReason::Closed), now);
    }

    /// Why the stream has stopped, as far as it knows; `None` while it is open.
    pub fn stop_reason(&self) -> Option<StopReason> {
        self.stopped.get().map(|(reason, _)| reason)
    }

    /// How long it may still live; `None` is for ever.
    pub fn remaining(&self, now: Instant) -> Option<Duration> {
        self.end.map(|end| end.saturating_duration_since(now))
    }

    /// Whether the script goes on sending long after its client has left. PHP would have ended it at
    /// its first `echo`; a loop that ignores our answers must not hold a worker for ever.
    pub fn has_outstayed_client(&self, now: Instant) -> bool {
        matches!(self.stopped.get(), Some((StopReason::ClientGone, since))
            if now.saturating_duration_since(since) >= Self::GRACE)
    }

    /// When the next heartbeat is due. In the middle of a line of somebody else's there is no place
    /// for one, so it is due a whole interval later.
    fn heartbeat_due(&self, now: Instant) -> Option<Instant> {
        let interval = self.heartbeat?;
        let due = self.last_write.get().checked_add(interval)?;
        if due > now { Some(due) } else { now.checked_add(interval) }
    }

    fn beat_if_due(&self, now: Instant) -> Result<bool, Interrupted> {
        let Some(interval) = self.heartbeat else { return Ok(true) };
        let silent = now.saturating_duration_since(self.last_write.get());
        if silent < interval || !self.connection.tail().at_line_start() {
            return Ok(true);
        }
        let written = self.connection.write(HEARTBEAT)?;
        Ok(self.note(written, now))
    }

    /// Writes what `fill` appends, behind whatever must end a line or event of somebody else's.
    fn write(&self, now: Instant, fill: impl FnOnce(&mut Vec<u8>)) -> Result<bool, Interrupted> {
        if self.is_open(now) { self.write_out(now, fill) } else { Ok(false) }
    }

    fn write_out(
        &self,
        now: Instant,
        fill: impl FnOnce(&mut Vec<u8>),
    ) -> Result<bool, Interrupted> {
        // Taken out, not borrowed: output callbacks that run inside the write may send, too.
        let mut buffer = self.buffer.take();
        buffer.extend_from_slice(self.connection.tail().before_frame());
        let before = buffer.len();
        fill(&mut buffer);
        let result = if buffer.len() == before {
            Ok(Written::Whole)
        } else {
            self.connection.write(&buffer)
        };
        if buffer.capacity() <= Self::BUFFER_KEPT {
            buffer.clear();
            self.buffer.set(buffer);
        }
        Ok(self.note(result?, now))
    }

    fn note(&self, written: Written, now: Instant) -> bool {
        self.last_write.set(now);
        if let Written::Stopped(reason) = written {
            self.learn(reason, now);
        }
        self.stopped.get().is_none()
    }
}
