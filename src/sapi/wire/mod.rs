//! The wire: the connection to one client, and the one lock under which anything is written to it.
//!
//! Two threads write here: the script's, and the keeper with its heartbeats. Under the lock every
//! write is whole, or what is left of it is kept and goes out before any other byte. The script
//! never waits longer than the write timeout for a client that takes nothing, the keeper never
//! waits at all. Nothing in here calls the engine, but for transports whose server does the writing.
//!
//! # Layout
//! * `lock`: the wire lock
//! * `outgoing`: the bytes on their way out
//! * `sending`: whole writes
//! * `encoding`: content codings
//! * `stopping`: why a stream has to stop
//! * `keeping`, `keeper`: the keeper's side of a wire; its thread
//! * `rounds`: the thread for servers that may block

mod encoding;
pub(crate) mod keeper;
mod keeping;
mod lock;
mod outgoing;
mod rounds;
mod sending;
mod stopping;
#[cfg(test)]
mod tests;

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use event_stream::Heartbeat;
use lock::{RawWireLock, WireLock, patiently};
use outgoing::Outgoing;
use parking_lot::lock_api::MutexGuard;

use super::server::error::NoHandOff;
use super::server::transport::{HandOffTarget, Transport, WritePath};
use super::sys::clock;
use super::sys::process::forks;
use super::sys::unshared::Unshared;
use super::sys::waker::Waker;
use crate::stream::{Packet, StopReason, Tail};

/// The intervals and timeouts of a wire, and what it does at them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WireTiming {
    /// The longest silence before the keeper sends a heartbeat; `None` is for ever.
    pub(crate) heartbeat: Option<Duration>,
    /// The heartbeat that it sends then.
    pub(crate) heartbeat_line: Heartbeat,
    /// The longest that a client may take nothing before the stream is given up.
    pub(crate) write_timeout: Duration,
    /// True if a client that has closed only its sending side counts as there.
    pub(crate) ignores_half_close: bool,
}

/// The connection to one client.
pub(crate) struct Wire {
    _unshared: Unshared,
    transport: Box<dyn Transport>,
    path: WritePath,
    timing: WireTiming,
    line: WireLock<Outgoing>,
    /// Readable once the stream has to stop: the script polls it.
    waker: Waker,
    /// The end of all that was written, pending bytes included, as bits: set under the lock.
    tail: AtomicU64,
    /// The reason why the stream has to stop, as [`code`] has it.
    reason: AtomicU8,
    /// The moment of the last write, in [`ticks`].
    last_write: AtomicU64,
    /// The moment at which the script went into a write of the server's own that has not come back; 0 if it has.
    in_server_since: AtomicU64,
    /// The number of bytes that the script has written to the server since it flushed.
    held_back: AtomicUsize,
    /// The number of bytes that waited in the connection when the keeper looked last.
    unsent: AtomicU32,
    /// The number of times that the script has gone into the server and not come back: until then the keeper has to
    /// leave the wire alone.
    paused: AtomicU32,
    /// The engine's flag that makes the script look up from whatever it is doing, if it is to be
    /// interrupted when its client leaves.
    interrupt: Option<&'static AtomicBool>,
    /// True once it was interrupted.
    interrupted: AtomicBool,
    /// True if the next write ends the stream when the server is to stop: then nobody else ends it.
    ends_with_server: AtomicBool,
    /// The process it belongs to, as its number of forks: a forked child must leave it alone.
    forks: u32,
}

/// A server may hold back this many echoed bytes: more are flushed on the script's time, so that the keeper never
/// has to get them all rid of with a heartbeat.
pub(crate) const HELD_BACK_MAX: usize = 4096;

/// A moment of [`clock`] as a number, never 0.
fn ticks(at: Duration) -> u64 {
    u64::try_from(at.as_nanos()).unwrap_or(u64::MAX).max(1)
}

impl Wire {
    /// Makes a wire on this transport, whose bytes so far end in `tail`; `None` when there are no descriptors left.
    pub(crate) fn new(
        transport: Box<dyn Transport>,
        timing: WireTiming,
        tail: Tail,
        interrupt: Option<&'static AtomicBool>,
        ends_with_server: bool,
    ) -> Option<Self> {
        let waker = Waker::new()?;
        Some(Self {
            _unshared: Unshared::new(transport.fd().as_raw_fd()),
            path: transport.write_path(),
            transport,
            timing,
            line: WireLock::new(Outgoing::new()),
            waker,
            reason: AtomicU8::new(0),
            last_write: AtomicU64::new(ticks(clock::lately())),
            tail: AtomicU64::new(tail.to_bits()),
            in_server_since: AtomicU64::new(0),
            held_back: AtomicUsize::new(0),
            unsent: AtomicU32::new(0),
            paused: AtomicU32::new(0),
            interrupt,
            interrupted: AtomicBool::new(false),
            ends_with_server: AtomicBool::new(ends_with_server),
            forks: forks(),
        })
    }

    /// Returns its intervals and timeouts.
    pub(crate) fn timing(&self) -> WireTiming {
        self.timing
    }

    /// Returns the server's own descriptor of the connection, where a fork of the worker must not have it.
    pub(crate) fn server_fd(&self) -> Option<RawFd> {
        self.transport.server_fd()
    }

    /// True if this process opened the wire, and no parent of it.
    pub(crate) fn is_ours(&self) -> bool {
        self.forks == forks()
    }

    /// True if the script's bytes go straight to the connection; they go through the server otherwise.
    pub(crate) fn is_direct(&self) -> bool {
        matches!(self.path, WritePath::Direct(_))
    }

    /// Describes the wire in words.
    pub(crate) fn describe(&self) -> &'static str {
        self.transport.describe()
    }

    /// Returns the end of all that was written.
    pub(crate) fn tail(&self) -> Tail {
        Tail::from_bits(self.tail.load(Ordering::Acquire))
    }

    fn extend_tail(&self, bytes: &[u8]) {
        self.tail.store(self.tail().after(bytes).to_bits(), Ordering::Release);
    }

    /// Writes echoed bytes: they may wait for the script's next flush, where they would without us.
    pub(crate) fn echo(&self, bytes: &[u8]) -> Result<(), StopReason> {
        let mut line = self.hold();
        self.extend_tail(bytes);
        line.pending.append(bytes);
        if line.pending.bytes().len() > self.path.echoes_kept() {
            self.flush_pending(&mut line)
        } else {
            Ok(())
        }
    }

    /// Flushes what was echoed.
    pub(crate) fn flush(&self) -> Result<(), StopReason> {
        self.flush_pending(&mut self.hold())
    }

    /// Writes a frame behind all that was echoed, and flushes.
    #[inline]
    pub(crate) fn write(&self, frame: &mut Packet) -> Result<(), StopReason> {
        let mut line = self.hold();
        self.extend_tail(frame.bytes());
        if self.send_at_once(&mut line, frame)? {
            Ok(())
        } else {
            self.write_behind(&mut line, frame)
        }
    }

    #[cold]
    fn write_behind(&self, line: &mut Outgoing, frame: &mut Packet) -> Result<(), StopReason> {
        if !line.pending.is_empty() {
            line.pending.append(frame.bytes());
            self.flush_pending(line)
        } else if line.encoder.is_some() {
            self.transmit_encoded(line, frame)
        } else {
            self.transmit(line, frame)
        }
    }

    fn flush_pending(&self, line: &mut Outgoing) -> Result<(), StopReason> {
        let mut pending = line.take_pending();
        let result = self.transmit(line, &mut pending);
        line.give_back(pending);
        result
    }

    /// Takes the lock. The keeper holds it for a moment; should it be stuck in there, it is cut loose when the
    /// client has taken nothing for as long as it may.
    #[inline]
    fn hold(&self) -> MutexGuard<'_, RawWireLock, Outgoing> {
        match self.line.try_lock() {
            Some(line) => line,
            None => self.wait_for_line(),
        }
    }

    #[cold]
    fn wait_for_line(&self) -> MutexGuard<'_, RawWireLock, Outgoing> {
        let since = clock::now();
        patiently(|| {
            let line = self.line.try_lock();
            if line.is_none() && clock::now().saturating_sub(since) >= self.timing.write_timeout {
                self.stop(StopReason::WriteTimeout);
            }
            line
        })
    }

    /// Returns how many bytes the server may hold back since it was told to flush.
    pub(crate) fn held_back(&self) -> usize {
        self.held_back.load(Ordering::Acquire)
    }

    /// Notes that the server was told to flush.
    pub(crate) fn note_flush(&self) {
        self.held_back.store(0, Ordering::Release);
    }

    /// Runs a write of the server's own under the lock. `action` must not leave by a `longjmp`.
    pub(crate) fn through_server<R>(&self, bytes: &[u8], action: impl FnOnce() -> R) -> R {
        let mut line = self.hold();
        if self.is_direct() {
            self.complete_residue(&mut line);
        }
        self.extend_tail(bytes);
        self.held_back.fetch_add(bytes.len(), Ordering::AcqRel);
        let result = self.inside_server(action);
        self.last_write.store(ticks(clock::lately()), Ordering::Release);
        result
    }

    /// Runs a call of the server's that may block, under the lock: the keeper has an eye on it.
    fn inside_server<R>(&self, action: impl FnOnce() -> R) -> R {
        self.in_server_since.store(ticks(clock::lately()), Ordering::Release);
        let result = action();
        self.in_server_since.store(0, Ordering::Release);
        result
    }

    /// Keeps the keeper away while the script is inside the server, where no lock can be held:
    /// what runs there may leave by a `longjmp`.
    pub(crate) fn pause(&self) {
        let _line = self.hold();
        self.paused.fetch_add(1, Ordering::AcqRel);
    }

    /// Lets the keeper write again, once the script is back from everywhere. A wire that was opened in there
    /// has not been paused.
    pub(crate) fn resume(&self) {
        let less = |times: u32| times.checked_sub(1);
        let _ = self.paused.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    }

    /// Sends all that waits, so that the connection can be given away.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`].
    pub(crate) fn settle(&self) -> Result<HandOffTarget, NoHandOff> {
        const GONE: NoHandOff = NoHandOff::StreamIsToStop;
        let mut line = self.hold();
        if self.is_direct() {
            self.complete_residue(&mut line);
            self.flush_pending(&mut line).map_err(|_| GONE)?;
        }
        let is_settled = line.residue.is_empty() && line.pending.is_empty();
        if self.stop_reason().is_some() || !is_settled || !line.open {
            return Err(GONE);
        }
        self.transport.hand_off()
    }

    /// Flushes what is left and closes the wire: from now on nobody writes to it.
    pub(crate) fn close(&self) {
        let mut line = self.hold();
        if line.open && self.is_direct() && self.may_say_goodbye() {
            // An error stops the stream, which is ending anyway.
            let _ = self.flush_last(&mut line);
        }
        line.open = false;
        line.encoder = None;
    }

    /// True if the client may still be there to read the last bytes.
    pub(crate) fn may_say_goodbye(&self) -> bool {
        matches!(self.stop_reason(), None | Some(StopReason::Shutdown))
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.transport.fd()
    }
}
