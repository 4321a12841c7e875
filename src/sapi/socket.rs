//! A socket that was taken from a server: a duplicate of its own, checked to be what it should be.

use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use rustix::io::fcntl_dupfd_cloexec;
use rustix::net::SocketType;
use rustix::net::sockopt::{socket_acceptconn, socket_type};

/// A duplicate of a connected stream socket. The server may close its own, and reuse the number.
pub(super) fn duplicate(fd: RawFd) -> Option<OwnedFd> {
    let theirs = borrow(fd)?;
    let is_stream = socket_type(theirs) == Ok(SocketType::STREAM);
    let is_connection = socket_acceptconn(theirs) == Ok(false);
    if !is_stream || !is_connection {
        return None;
    }
    fcntl_dupfd_cloexec(theirs, 3).ok()
}

/// Whether the descriptor is a socket.
pub(super) fn is_socket(fd: RawFd) -> bool {
    borrow(fd).is_some_and(|fd| socket_type(fd).is_ok())
}

/// Whether the descriptor is a socket that connections are accepted from.
pub(super) fn is_listening(fd: RawFd) -> bool {
    borrow(fd).is_some_and(|fd| socket_acceptconn(fd) == Ok(true))
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
