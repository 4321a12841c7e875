//! `sse-hub launch`: starts a hub in the background, unless one is running.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use crate::directory;
use crate::location_error::{LocationError, Problem};
use crate::process::{log_file, program};
use crate::serve::LISTENING;
use crate::start_error::StartError;

/// Starts `sse-hub serve` with these arguments in a session of its own, and waits until it listens on `socket`. The
/// hub is then reparented, as this process exits: it is not a child of the worker that needed it.
///
/// # Errors
///
/// When no hub listens by then.
pub fn launch(socket: &Path, arguments: &[OsString]) -> Result<(), StartError> {
    let directory = socket.parent().ok_or(StartError::NoDirectory)?;
    // Before anything is opened there: somebody else may have created it, with symbolic links in it.
    directory::prepare(directory)?;
    let (lock_path, log_path) = (directory.join("launch.lock"), log_file::beside(socket));
    let lock = append(&lock_path)?;
    flock(&lock, FlockOperation::LockExclusive)
        .map_err(|error| LocationError::new(&lock_path, Problem::NotLocked(error.into())))?;
    // Others may have launched one at the same time.
    if directory::has_listener(socket) {
        return Ok(());
    }
    let log = append(&log_path)?;
    let program = program::installed().map_err(StartError::NoProgram)?;
    let mut child = Command::new(program)
        .args(["serve", "--spawned"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .current_dir("/")
        .spawn()
        .map_err(StartError::Spawn)?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        drop(BufReader::new(stdout).read_line(&mut line));
    }
    if line.trim_end() == LISTENING {
        return Ok(());
    }
    // A running hub whose socket was removed may be about to restore it.
    for _ in 0..5 {
        if directory::has_listener(socket) {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let status = child.wait().map_err(StartError::Spawn)?;
    Err(StartError::Ended { status, log: log_path })
}

/// Opens a file in the hub's directory to append to it.
fn append(path: &Path) -> Result<File, LocationError> {
    let file = directory::open(path, OpenOptions::new().append(true));
    file.map_err(|error| LocationError::new(path, Problem::NotOpened(error)))
}
