//! Stops a wire: finds out why a stream has to stop, and wakes the threads that must know.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};

use super::Wire;
use crate::sapi::sys::poll::poll;
use crate::stream::StopReason;

const REASONS: [StopReason; 3] =
    [StopReason::ClientGone, StopReason::Shutdown, StopReason::WriteTimeout];

/// A reason as a number other than 0.
fn code(reason: StopReason) -> u8 {
    let index = REASONS.iter().position(|known| *known == reason);
    index.and_then(|index| u8::try_from(index + 1).ok()).unwrap_or(1)
}

impl Wire {
    /// Returns why the stream has to stop; `None` while it may go on.
    pub(crate) fn stop_reason(&self) -> Option<StopReason> {
        let code = usize::from(self.reason.load(Ordering::Acquire));
        code.checked_sub(1).and_then(|index| REASONS.get(index).copied())
    }

    /// Makes the stream stop; the first reason stays.
    pub(crate) fn stop(&self, reason: StopReason) {
        let first =
            self.reason.compare_exchange(0, code(reason), Ordering::AcqRel, Ordering::Acquire);
        if first.is_ok() {
            // It cannot be full: it is woken once.
            self.waker.wake();
            if let Some(interrupt) = self.interrupt.filter(|_| reason == StopReason::ClientGone) {
                interrupt.store(true, Ordering::Release);
            }
        }
        if reason == StopReason::WriteTimeout {
            // Bytes that are stuck inside the connection must not reach the next request; and a script that is
            // blocked in a write of the server's own comes back.
            self.transport.cut_off();
        }
    }

    /// Returns what to poll to see the client leave.
    pub(crate) fn watched(&self) -> PollFd<'_> {
        let events = if self.timing.ignores_half_close || self.stop_reason().is_some() {
            PollFlags::empty()
        } else {
            PollFlags::RDHUP
        };
        PollFd::from_borrowed_fd(self.transport.fd(), events)
    }

    /// Returns what to poll to hear that the stream has to stop.
    pub(crate) fn waker(&self) -> PollFd<'_> {
        PollFd::new(&self.waker, PollFlags::IN)
    }

    /// Takes what a poll of [`Wire::watched`] has seen.
    pub(crate) fn note_poll(&self, seen: PollFlags) {
        let gone = PollFlags::HUP | PollFlags::RDHUP | PollFlags::ERR | PollFlags::NVAL;
        if seen.intersects(gone) {
            self.stop(StopReason::ClientGone);
        }
    }

    /// Asks the connection whether the client is there.
    pub(crate) fn probe(&self) {
        let mut watched = [self.watched()];
        if poll(&mut watched, Some(Duration::ZERO)).is_ok() {
            self.note_poll(watched[0].revents());
        }
    }

    /// Asks the server whether it wants to stop.
    pub(crate) fn ask_server(&self) {
        if self.transport.server_is_stopping() {
            self.stop(StopReason::Shutdown);
        }
    }

    /// True if the client has left, or counts as gone.
    pub(crate) fn client_is_gone(&self) -> bool {
        matches!(self.stop_reason(), Some(StopReason::ClientGone | StopReason::WriteTimeout))
    }

    /// True when the next write ends the stream: the server is to stop, and no event would be cut.
    pub(crate) fn ends_here(&self) -> bool {
        self.ends_with_server.load(Ordering::Relaxed)
            && self.stop_reason() == Some(StopReason::Shutdown)
            && self.tail().before_frame().is_empty()
    }

    /// Has no write end the stream any more.
    pub(crate) fn let_go_on(&self) {
        self.ends_with_server.store(false, Ordering::Relaxed);
    }

    /// True if the script is to be interrupted: it asked for it, and its client has left. Says so once: what the
    /// script does to clean up is not interrupted again.
    pub(crate) fn take_interrupt(&self) -> bool {
        self.interrupt.is_some()
            && self.stop_reason() == Some(StopReason::ClientGone)
            && !self.interrupted.swap(true, Ordering::Relaxed)
    }
}
