//! The trait of the connection that a stream writes to: write, poll, sleep, finish.

use std::time::Instant;

use super::packet::Packet;
use super::stop_reason::StopReason;
use super::tail::Tail;

/// The engine is unwinding (a fatal error inside an output callback, a timeout): the only thing left to do is to give
/// control back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bailout;

/// The outcome of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Every byte is on its way.
    Whole,
    /// The bytes could not be delivered; the stream is over.
    Stopped(StopReason),
}

/// The connection to one client, as the stream sees it.
///
/// Every method takes `&self` and must leave nothing borrowed behind: output callbacks of the script
/// may run inside `write`, and may use the stream again.
pub trait Connection {
    /// Writes all of a packet after whatever the script has echoed, and flushes. The bytes stay in it.
    ///
    /// # Errors
    ///
    /// [`Bailout`] when the engine has to have the control back at once.
    fn write(&self, packet: &mut Packet) -> Result<Written, Bailout>;

    /// True if the connection sends heartbeats itself, so that the stream need not.
    fn beats_itself(&self) -> bool;

    /// Returns the position of the last byte, whoever wrote it.
    fn tail(&self) -> Tail;

    /// True if a script has written beside the stream, and so may have sent the client another reconnection time.
    fn was_echoed_to(&self) -> bool;

    /// Returns the reason why the stream should stop, without a write; `None` when there is none.
    fn stop_reason(&self) -> Option<StopReason>;

    /// The time. The stream asks only when it has to, as each event would pay for reading a clock.
    fn now(&self) -> Instant;

    /// Sleeps until `deadline`, or for as long as it likes when there is none. Returns true if it was woken early and
    /// the caller has to check its conditions before it sleeps on: the engine has something to run, such as a signal
    /// handler.
    fn sleep_until(&self, deadline: Option<Instant>) -> bool;

    /// Ends the connection. If its last line is a comment, `last_line` goes out behind it: some clients do not
    /// reconnect otherwise. After that nobody writes any more, heartbeats included.
    ///
    /// # Errors
    ///
    /// [`Bailout`]; it is ended all the same.
    fn finish(&self, last_line: Option<&[u8]>) -> Result<(), Bailout>;
}
