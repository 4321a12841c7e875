//! The log file of a hub in the background: rotated when large, reopened when moved.
//!
//! The invariant: it does not grow for ever, and a new one is opened when somebody has moved it away.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::directory;

/// The size in bytes above which it is rotated. There are at most two: the one before is kept.
const LARGE: u64 = 1024 * 1024;

/// Returns the log file of the hub that listens on this socket.
pub(crate) fn beside(socket: &Path) -> PathBuf {
    socket.with_file_name("hub.log")
}

/// Rotates the log file when it is large; opens a new one when it is gone.
pub(crate) fn look_after(path: &Path) {
    let is_over = match fs::symlink_metadata(path) {
        Ok(found) => found.len() > LARGE && fs::rename(path, path.with_extension("log.1")).is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if is_over {
        // If the disk is full, logging goes on to the old file.
        drop(reopen(path));
    }
}

/// Redirects stderr to this file.
///
/// # Errors
///
/// Those of open(2).
pub(crate) fn reopen(path: &Path) -> io::Result<()> {
    let file = directory::open(path, OpenOptions::new().append(true))?;
    Ok(rustix::stdio::dup2_stderr(&file)?)
}
