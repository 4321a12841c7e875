//! The session, whose lock would make every other request of the same visitor wait.

use super::engine::call;
use crate::stream::Interrupted;

/// `PHP_SESSION_ACTIVE`, `ext/session/php_session.h`.
const SESSION_ACTIVE: i64 = 2;

/// Writes the session, if one is open, and lets go of its lock. `$_SESSION` stays readable.
///
/// # Errors
///
/// [`Interrupted`]. What a save handler throws stays pending.
pub(crate) fn release() -> Result<(), Interrupted> {
    let status = call("session_status", vec![])?.and_then(|status| status.long());
    if status == Some(SESSION_ACTIVE) {
        call("session_write_close", vec![])?;
    }
    Ok(())
}
