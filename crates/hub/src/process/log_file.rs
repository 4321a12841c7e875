//! The file that a hub in the background writes its journal to.
//!
//! The invariant: it does not grow for ever, and when somebody has moved it away there is another.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::directory;

/// From how many bytes on it is put aside. There are two of them at most: the one before is kept.
const LARGE: u64 = 1024 * 1024;

/// Where the hub that listens there writes.
pub(crate) fn beside(socket: &Path) -> PathBuf {
    socket.with_file_name("hub.log")
}

/// Puts it aside when it is large; opens another when it is gone.
pub(crate) fn look_after(path: &Path) {
    let is_over = match fs::symlink_metadata(path) {
        Ok(found) => found.len() > LARGE && fs::rename(path, path.with_extension("log.1")).is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if is_over {
        // On a full disk the old one has to do for now.
        drop(reopen(path));
    }
}

/// Writes there from now on.
///
/// # Errors
///
/// Those of open(2).
pub(crate) fn reopen(path: &Path) -> io::Result<()> {
    let file = directory::open(path, OpenOptions::new().append(true))?;
    Ok(rustix::stdio::dup2_stderr(&file)?)
}
