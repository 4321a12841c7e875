//! What a stream needs of the thing it writes to.

use std::time::Instant;

use super::packet::Packet;
use super::stop_reason::StopReason;
use super::tail::Tail;

/// The engine is unwinding (a fatal error inside an output callback, a timeout): nothing more may be
/// done but give control back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bailout;

/// How a write ended.
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

    /// Whether it sends heartbeats of its own accord, so that the stream need not.
    fn beats_itself(&self) -> bool;

    /// Where what was written last ends, whoever wrote it.
    fn tail(&self) -> Tail;

    /// Whether anybody has written beside the stream, who may have told the client another reconnection time.
    fn was_echoed_to(&self) -> bool;

    /// Why the stream should stop, asked without a write; `None` when nothing speaks against it.
    fn stop_reason(&self) -> Option<StopReason>;

    /// The time. Asked only when it is needed: reading a clock is felt at every event.
    fn now(&self) -> Instant;

    /// Sleeps until `deadline`, or for as long as it likes when there is none. Answers whether it was
    /// woken early, and the caller should have a look at the world before it sleeps on: the engine has
    /// something to run, such as a signal handler.
    fn sleep_until(&self, deadline: Option<Instant>) -> bool;

    /// Ends it. If its last line is a comment, `last_line` goes out behind it: there are clients that do not
    /// come back otherwise. After that nobody writes any more, heartbeats included.
    ///
    /// # Errors
    ///
    /// [`Bailout`]; it is ended all the same.
    fn finish(&self, last_line: Option<&[u8]>) -> Result<(), Bailout>;
}
