//! Writes the last line of a response that ends in a comment, so that its client comes back.
//!
//! Some clients do not come back when a comment is the last line they got.

use super::wire::Wire;
use crate::stream::{Bailout, Packet, Tail};

/// Writes `line` by `write` if `tail` ends in a comment. `tail` is asked once no heartbeat can come behind it; `None`
/// is a response that needs no such line.
///
/// # Errors
///
/// Those of `write`.
pub(super) fn write(
    wire: Option<&Wire>,
    tail: impl FnOnce() -> Option<Tail>,
    line: &[u8],
    write: impl FnOnce(&mut Packet) -> Result<(), Bailout>,
) -> Result<(), Bailout> {
    if let Some(wire) = wire {
        wire.pause();
    }
    let Some(before) = tail().and_then(Tail::before_last_line) else { return Ok(()) };
    let mut lines = Packet::of(before);
    lines.append(line);
    write(&mut lines)
}
