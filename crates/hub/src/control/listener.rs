//! The socket that the hub listens on: in a directory of its user's, open to nobody else.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io,
    os::{
        fd::OwnedFd,
        unix::{
            fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
            net::{UnixListener, UnixStream},
        },
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
    net::{SocketFlags, accept_with, sockopt::socket_peercred},
    process::{getegid, geteuid},
};

/// A socket that listens, and the lock that makes it the only one.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
    lock: File,
    /// Whether members of the socket's group may speak, too.
    for_group: bool,
}

impl Listener {
    /// Listens at `path`.
    ///
    /// # Errors
    ///
    /// In words: the directory is not safe, or another hub listens there.
    pub(crate) fn bind(path: &Path, group: Option<&str>) -> Result<Self, String> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        prepare(directory, group.is_some())?;
        let lock = lock(&directory.join("hub.lock"))?;
        let at = |what: &str, error: io::Error| format!("{}: {what}: {error}", path.display());
        if UnixStream::connect(path).is_ok() {
            return Err(format!("{}: another hub listens there", path.display()));
        }
        // Under the lock: it is what a hub that was killed has left behind.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at("cannot be replaced", error));
            }
            _ => {}
        }
        let socket = bind_closed(path).map_err(|error| at("cannot be listened on", error))?;
        open_to(path, group).map_err(|error| at("cannot be opened to its group", error))?;
        socket.set_nonblocking(true).map_err(|error| at("cannot be listened on", error))?;
        Ok(Self { socket, path: path.to_owned(), lock, for_group: group.is_some() })
    }

    /// The socket that another hub has listened on.
    pub(crate) fn inherited(path: &Path, group: Option<&str>, socket: OwnedFd, lock: File) -> Self {
        Self { socket: socket.into(), path: path.to_owned(), lock, for_group: group.is_some() }
    }

    pub(crate) fn lock(&self) -> &File {
        &self.lock
    }

    pub(crate) fn socket(&self) -> &UnixListener {
        &self.socket
    }

    /// The next one who wants to speak and may; `None` when there is nobody.
    ///
    /// # Errors
    ///
    /// Who it was that may not, in words.
    pub(crate) fn accept(&self) -> Result<Option<OwnedFd>, String> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = match accept_with(&self.socket, flags) {
            Ok(socket) => socket,
            Err(Errno::AGAIN | Errno::INTR | Errno::CONNABORTED) => return Ok(None),
            Err(error) => return Err(format!("nobody can be let in: {error}")),
        };
        let peer = socket_peercred(&socket).map_err(|error| format!("who is it? {error}"))?;
        // The mode of the socket has kept others out; this holds if somebody has changed it.
        let ours = peer.uid == geteuid() || peer.uid.is_root() || self.for_group;
        let uid = peer.uid.as_raw();
        if ours { Ok(Some(socket)) } else { Err(format!("user {uid} may not speak to this hub")) }
    }

    /// Takes the socket out of the file system.
    pub(crate) fn remove(self) {
        drop(fs::remove_file(&self.path));
        drop(self.lock);
    }
}

/// Makes the directory, or makes sure that nobody else can put anything into it.
pub(crate) fn prepare(directory: &Path, for_group: bool) -> Result<(), String> {
    let mode = if for_group { 0o750 } else { 0o700 };
    match DirBuilder::new().mode(mode).create(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(format!("{}: cannot be made: {error}", directory.display())),
    }
    let found = fs::symlink_metadata(directory)
        .map_err(|error| format!("{}: cannot be looked at: {error}", directory.display()))?;
    if !found.is_dir() {
        return Err(format!("{}: is no directory", directory.display()));
    }
    if found.uid() != geteuid().as_raw() {
        let (theirs, ours) = (found.uid(), geteuid().as_raw());
        return Err(format!(
            "{}: belongs to user {theirs}, and this hub is user {ours}'s: remove it, or have the hub \
             listen elsewhere (--socket, sse.hub_socket)",
            directory.display()
        ));
    }
    if found.mode() & 0o022 != 0 {
        return Err(format!("{}: others may write to it: chmod go-w", directory.display()));
    }
    Ok(())
}

/// Takes the lock that the only hub holds for as long as it lives.
fn lock(path: &Path) -> Result<File, String> {
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(|error| format!("{}: cannot be opened: {error}", path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(Errno::AGAIN) => Err(format!("{}: another hub holds it", path.display())),
        Err(error) => Err(format!("{}: cannot be locked: {error}", path.display())),
    }
}

/// Listens on a socket that from its first moment only its owner can open.
fn bind_closed(path: &Path) -> io::Result<UnixListener> {
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let socket = UnixListener::bind(path);
    rustix::process::umask(before);
    let socket = socket?;
    // Everyone who connects at the same time has a place; std asks for 128.
    rustix::net::listen(&socket, 4096)?;
    Ok(socket)
}

fn open_to(path: &Path, group: Option<&str>) -> io::Result<()> {
    let Some(group) = group else { return Ok(()) };
    let gid = group_id(group)?;
    if gid != getegid().as_raw() {
        std::os::unix::fs::chown(path, None, Some(gid))?;
    }
    fs::set_permissions(path, Permissions::from_mode(0o660))?;
    if let Some(directory) = path.parent() {
        std::os::unix::fs::chown(directory, None, Some(gid))?;
        fs::set_permissions(directory, Permissions::from_mode(0o750))?;
    }
    Ok(())
}

/// The number of a group, by its name or number.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(gid) = group.parse() {
        return Ok(gid);
    }
    let groups = fs::read_to_string("/etc/group")?;
    let mut entries = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let entry = entries.find(|entry| entry.first() == Some(&group));
    let gid = entry.and_then(|entry| entry.get(2)?.parse().ok());
    gid.ok_or_else(|| io::Error::other(format!("there is no group {group}")))
}
