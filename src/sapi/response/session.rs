//! Lets go of the session's lock, which would make every other request of the same visitor wait.

use crate::stream::Bailout;
use crate::zend::native::Native;

/// Does nothing where no session is active. A PHP without sessions has no such function.
static WRITE_CLOSE: Native = Native::function("session", "session_write_close");

/// Writes the session, if one is open, and lets go of its lock. `$_SESSION` stays readable.
///
/// # Errors
///
/// [`Bailout`]. What a save handler throws stays pending.
pub(crate) fn release() -> Result<(), Bailout> {
    WRITE_CLOSE.call([]).map(drop)
}
