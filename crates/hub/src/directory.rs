//! The directory that the hub listens in, and what it keeps there.
//!
//! The invariant: it is this user's own, nobody else can put anything into it, and no link out of it is
//! followed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;

/// What to do where something of somebody else's stands in the way.
pub(crate) const ELSEWHERE: &str =
    "remove it, or have the hub listen elsewhere (--socket, sse.hub_socket)";

/// Makes the directory, or makes sure that it is safe.
///
/// # Errors
///
/// In words.
pub(crate) fn prepare(directory: &Path) -> Result<(), String> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(format!("{}: cannot be created: {error}", directory.display())),
    }
    let found = fs::symlink_metadata(directory)
        .map_err(|error| format!("{}: cannot be examined: {error}", directory.display()))?;
    let (theirs, ours) = (found.uid(), geteuid().as_raw());
    let why = if !found.is_dir() {
        "is not a directory".to_owned()
    } else if theirs != ours {
        format!(
            "belongs to user {theirs}, and this hub is user {ours}'s; a hub of user {theirs}'s may be open \
             to a group of user {ours}'s (--group, sse.hub_group)"
        )
    } else if found.mode() & 0o022 != 0 {
        "others may write to it, so what it contains cannot be trusted".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("{}: {why}: {ELSEWHERE}", directory.display()))
}

/// Opens a file in the directory, which is made if there is none, for its owner only.
///
/// # Errors
///
/// Those of open(2).
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.create(true).mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path)
}

/// Whether somebody listens at this socket, which is no link.
pub(crate) fn has_listener(socket: &Path) -> bool {
    let found = fs::symlink_metadata(socket);
    found.is_ok_and(|it| it.file_type().is_socket()) && UnixStream::connect(socket).is_ok()
}
