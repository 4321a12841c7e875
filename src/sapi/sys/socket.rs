//! A socket that was taken from a server: a duplicate of its own, checked to be what it should be.

use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use rustix::fs::fstat;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::net::sockopt::{socket_acceptconn, socket_type};
use rustix::net::{SocketAddrAny, SocketType, getsockname};

/// A duplicate of a connected stream socket. The server may close its own, and reuse the number.
pub(crate) fn duplicate(fd: RawFd) -> Option<OwnedFd> {
    let theirs = borrow(fd)?;
    let is_stream = socket_type(theirs) == Ok(SocketType::STREAM);
    let is_connection = socket_acceptconn(theirs) == Ok(false);
    if !is_stream || !is_connection {
        return None;
    }
    fcntl_dupfd_cloexec(theirs, 3).ok()
}

/// Whether the descriptor is a socket that connections are accepted from.
pub(crate) fn is_listening(fd: RawFd) -> bool {
    borrow(fd).is_some_and(|fd| socket_acceptconn(fd) == Ok(true))
}

/// Whether both are descriptors of one socket.
pub(crate) fn is_same(fd: RawFd, other: impl AsFd) -> bool {
    let inode = |fd: BorrowedFd<'_>| fstat(fd).ok().map(|stat| (stat.st_dev, stat.st_ino));
    let theirs = borrow(fd).and_then(inode);
    theirs.is_some() && theirs == inode(other.as_fd())
}

/// Whether the connection has the address that connections accepted from the listener have.
pub(crate) fn was_accepted_from(connection: impl AsFd, listener: RawFd) -> bool {
    let Some(listener) = borrow(listener) else { return false };
    let (Ok(own), Ok(theirs)) = (getsockname(connection), getsockname(listener)) else {
        return false;
    };
    // A listener on every address has none of its own, but a port.
    let port = |address: &SocketAddrAny| internet(address).map(|address| address.port());
    own == theirs || port(&own).is_some_and(|own| Some(own) == port(&theirs))
}

/// The internet address of this side of a connection, if it has one.
pub(crate) fn local_address(connection: impl AsFd) -> Option<SocketAddr> {
    internet(&getsockname(connection).ok()?)
}

fn internet(address: &SocketAddrAny) -> Option<SocketAddr> {
    SocketAddr::try_from(address.clone()).ok()
}

/// How many bytes wait in a socket to be taken by the other side; of use to see whether it takes any. The
/// system says that there is room only when a good part of its buffer is free again.
pub(crate) fn unsent_bytes(fd: BorrowedFd<'_>) -> Option<u32> {
    let mut waiting: libc::c_int = 0;
    // SAFETY: writes one int.
    let asked = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCOUTQ, &raw mut waiting) };
    if asked == 0 { u32::try_from(waiting).ok() } else { None }
}

/// A descriptor of the server's, for the length of a system call or two.
fn borrow<'a>(fd: RawFd) -> Option<BorrowedFd<'a>> {
    if fd < 0 {
        return None;
    }
    // SAFETY: not -1. If it is closed meanwhile, the system call fails or sees another file, which
    // the callers check for; nothing is written to it.
    Some(unsafe { BorrowedFd::borrow_raw(fd) })
}
