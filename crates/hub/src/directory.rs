//! The directory of the hub's socket: creates it, checks that it is safe, opens its files.
//!
//! The invariant: it is this user's own, nobody else can create anything in it, and no symbolic link in it is
//! followed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;

use crate::location_error::{LocationError, Problem};

/// Creates the directory, or checks that it is safe.
///
/// # Errors
///
/// When it cannot be created, or is not safe.
pub(crate) fn prepare(directory: &Path) -> Result<(), LocationError> {
    let fail = |problem| LocationError::new(directory, problem);
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fail(Problem::NotCreated(error))),
    }
    let found = fs::symlink_metadata(directory);
    let found = found.map_err(|error| fail(Problem::NotExamined(error)))?;
    let (theirs, ours) = (found.uid(), geteuid().as_raw());
    if !found.is_dir() {
        Err(fail(Problem::NotADirectory))
    } else if theirs != ours {
        Err(fail(Problem::OfAnotherUser { theirs, ours }))
    } else if found.mode() & 0o022 != 0 {
        Err(fail(Problem::WritableByOthers))
    } else {
        Ok(())
    }
}

/// Opens a file in the directory, and creates it if there is none, for its owner only.
///
/// # Errors
///
/// Those of open(2).
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.create(true).mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path)
}

/// True if a hub listens on this socket, which must not be a symbolic link.
pub(crate) fn has_listener(socket: &Path) -> bool {
    let found = fs::symlink_metadata(socket);
    found.is_ok_and(|it| it.file_type().is_socket()) && UnixStream::connect(socket).is_ok()
}
