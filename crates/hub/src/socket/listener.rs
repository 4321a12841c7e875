//! Listens on the control socket, holds its lock, and checks who connects.
//!
//! Its own user and root may connect, and a group if one is named.
//!
//! The invariant: the modes of the socket and of its directory keep everybody else out; if somebody changes them, the
//! hub still does. Nothing is removed that is not its own.

use std::fs::{self, File, OpenOptions, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::{fmt, io};

use hub_protocol::socket::{Peer, peer};
use rustix::fs::{FlockOperation, Gid, flock};
use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with};
use rustix::process::{Uid, geteuid};

use crate::directory;
use crate::location_error::{LocationError, Problem};

/// A listening socket, and the lock that makes it the only one.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
    /// The identity of the file at that path, as long as it is this socket.
    identity: Option<Identity>,
    lock: File,
    /// The group whose members may connect, too.
    group: Option<Gid>,
}

/// The identity of a file, whatever its path: device and inode number.
type Identity = (u64, u64);

/// The reason why a peer was not accepted.
#[derive(Debug)]
pub(crate) enum AcceptError {
    /// Its user may not connect.
    Stranger(Uid),
    /// The system does not tell its user.
    Unknown(io::Error),
    /// The system accepts no connections, mostly for want of descriptors.
    Failed(Errno),
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stranger(uid) => write!(f, "user {} may not connect to this hub", uid.as_raw()),
            Self::Unknown(error) => write!(f, "cannot identify the peer: {error}"),
            Self::Failed(error) => write!(f, "cannot accept connections: {error}"),
        }
    }
}

impl Listener {
    /// Listens on `path`.
    ///
    /// # Errors
    ///
    /// When the directory is not safe, or another hub listens there.
    pub(crate) fn bind(path: &Path, group: Option<Gid>) -> Result<Self, LocationError> {
        directory::prepare(directory_of(path))?;
        let lock = lock(&lock_of(path))?;
        let socket = listen(path, group)?;
        Ok(Self { socket, path: path.to_owned(), identity: identity(path), lock, group })
    }

    /// Takes the listening socket of the program before.
    pub(crate) fn inherited(path: &Path, group: Option<Gid>, socket: OwnedFd, lock: File) -> Self {
        let (path, identity) = (path.to_owned(), identity(path));
        Self { socket: socket.into(), path, identity, lock, group }
    }

    /// True if socket and lock are where clients look for them.
    pub(crate) fn is_in_place(&self) -> bool {
        self.identity.is_some() && identity(&self.path) == self.identity && self.has_its_lock()
    }

    fn has_its_lock(&self) -> bool {
        let ours = self.lock.metadata().ok().map(|found| (found.dev(), found.ino()));
        ours.is_some() && identity(&lock_of(&self.path)) == ours
    }

    /// Restores what was removed: directory, lock and socket.
    ///
    /// # Errors
    ///
    /// Mostly when another hub is there by now.
    pub(crate) fn restore(&mut self) -> Result<(), LocationError> {
        directory::prepare(directory_of(&self.path))?;
        if !self.has_its_lock() {
            self.lock = lock(&lock_of(&self.path))?;
        }
        if self.identity.is_none() || identity(&self.path) != self.identity {
            self.socket = listen(&self.path, self.group)?;
            self.identity = identity(&self.path);
        }
        Ok(())
    }

    /// True if another hub listens on its path.
    pub(crate) fn is_replaced(&self) -> bool {
        identity(&self.path) != self.identity && UnixStream::connect(&self.path).is_ok()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn lock(&self) -> &File {
        &self.lock
    }

    pub(crate) fn socket(&self) -> &UnixListener {
        &self.socket
    }

    /// Accepts the next peer that may connect; `None` when nobody waits.
    ///
    /// # Errors
    ///
    /// [`AcceptError`].
    pub(crate) fn accept(&self) -> Result<Option<OwnedFd>, AcceptError> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = match accept_with(&self.socket, flags) {
            Ok(socket) => socket,
            Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED) => return Ok(None),
            Err(error) => return Err(AcceptError::Failed(error)),
        };
        let peer = peer(&socket).map_err(AcceptError::Unknown)?;
        if self.may_speak(peer) { Ok(Some(socket)) } else { Err(AcceptError::Stranger(peer.uid)) }
    }

    fn may_speak(&self, peer: Peer) -> bool {
        let is_ours = peer.uid == geteuid() || peer.uid.is_root();
        // The system tells only one of a peer's groups: for the others, the mode has to be as it was set.
        let is_member = |group| peer.gid == group || is_open_to(group, &self.path);
        is_ours || self.group.is_some_and(is_member)
    }

    /// Removes the socket from the file system.
    pub(crate) fn remove(self) {
        if identity(&self.path) == self.identity {
            drop(fs::remove_file(&self.path));
        }
        drop(self.lock);
    }
}

/// The directory of a socket.
pub(crate) fn directory_of(socket: &Path) -> &Path {
    let directory = socket.parent().filter(|parent| !parent.as_os_str().is_empty());
    directory.unwrap_or(Path::new("."))
}

fn lock_of(socket: &Path) -> PathBuf {
    directory_of(socket).join("hub.lock")
}

/// Returns the identity of the file at this path, if there is one.
fn identity(path: &Path) -> Option<Identity> {
    fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

/// Takes the lock that one hub holds for as long as it lives.
fn lock(path: &Path) -> Result<File, LocationError> {
    let fail = |problem| LocationError::new(path, problem);
    let file = directory::open(path, OpenOptions::new().read(true).write(true));
    let file = file.map_err(|error| fail(Problem::NotOpened(error)))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::AGAIN) => Err(fail(Problem::Held)),
        Err(error) => Err(fail(Problem::NotLocked(error.into()))),
    }
}

/// Removes the socket that a killed hub has left behind. The caller has the lock.
fn remove_old(path: &Path) -> Result<(), LocationError> {
    let problem = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => Problem::NotExamined(error),
        Ok(found) if !found.file_type().is_socket() => Problem::NotASocket,
        Ok(_) if UnixStream::connect(path).is_ok() => Problem::InUse,
        Ok(_) => match fs::remove_file(path) {
            Ok(()) => return Ok(()),
            Err(error) => Problem::NotReplaced(error),
        },
    };
    Err(LocationError::new(path, problem))
}

/// Listens on the path, and replaces a socket that nobody listens on.
fn listen(path: &Path, group: Option<Gid>) -> Result<UnixListener, LocationError> {
    let fail = |problem| LocationError::new(path, problem);
    remove_old(path)?;
    let socket = bind_closed(path).map_err(|error| fail(Problem::NotListening(error)))?;
    if let Some(group) = group {
        let opened = open_to(group, path, directory_of(path));
        opened.map_err(|error| fail(Problem::NotOpenedToGroup(error)))?;
    }
    socket.set_nonblocking(true).map_err(|error| fail(Problem::NotListening(error)))?;
    Ok(socket)
}

/// Listens on a socket that only its owner can open from its first moment.
fn bind_closed(path: &Path) -> io::Result<UnixListener> {
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let socket = UnixListener::bind(path);
    rustix::process::umask(before);
    let socket = socket?;
    // A long backlog for peers that connect at the same time; std asks for 128.
    rustix::net::listen(&socket, 4096)?;
    Ok(socket)
}

/// Opens the socket to a group, and its directory unless everybody may enter.
fn open_to(group: Gid, path: &Path, directory: &Path) -> io::Result<()> {
    let gid = Some(group.as_raw());
    chown(path, None, gid)?;
    fs::set_permissions(path, Permissions::from_mode(0o660))?;
    if fs::metadata(directory)?.mode() & 0o001 == 0 {
        chown(directory, None, gid)?;
        fs::set_permissions(directory, Permissions::from_mode(0o750))?;
    }
    Ok(())
}

/// True if the socket has the mode and the group that [`open_to`] has set.
fn is_open_to(group: Gid, path: &Path) -> bool {
    const OTHERS: u32 = 0o007;
    let found = fs::symlink_metadata(path);
    found.is_ok_and(|found| found.gid() == group.as_raw() && found.mode() & OTHERS == 0)
}
