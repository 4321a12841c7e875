//! Duplicates, checks and replaces the sockets of a server, which it knows by their numbers only.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use rustix::fs::fstat;
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::net::sockopt::{socket_acceptconn, socket_type};
use rustix::net::{SocketAddrAny, SocketType, getsockname};

/// Returns a duplicate of a connected stream socket. The server may close its own, and reuse the number.
pub(crate) fn duplicate(fd: RawFd) -> Option<OwnedFd> {
    let theirs = borrow(fd)?;
    let is_stream = socket_type(theirs) == Ok(SocketType::STREAM);
    let is_connection = socket_acceptconn(theirs) == Ok(false);
    if !is_stream || !is_connection {
        return None;
    }
    fcntl_dupfd_cloexec(theirs, 3).ok()
}

/// True if the descriptor is a socket that connections are accepted from.
pub(crate) fn is_listening(fd: RawFd) -> bool {
    borrow(fd).is_some_and(|fd| socket_acceptconn(fd) == Ok(true))
}

/// True if both are descriptors of one socket.
pub(crate) fn is_same(fd: RawFd, other: impl AsFd) -> bool {
    let inode = |fd: BorrowedFd<'_>| fstat(fd).ok().map(|stat| (stat.st_dev, stat.st_ino));
    let theirs = borrow(fd).and_then(inode);
    theirs.is_some() && theirs == inode(other.as_fd())
}

/// True if the connection has the address that connections accepted from the listener have.
pub(crate) fn was_accepted_from(connection: impl AsFd, listener: RawFd) -> bool {
    let Some(listener) = borrow(listener) else { return false };
    let (Ok(own), Ok(theirs)) = (getsockname(connection), getsockname(listener)) else {
        return false;
    };
    // A listener on every address has none of its own, but a port.
    let port = |address: &SocketAddrAny| internet(address).map(|address| address.port());
    own == theirs || port(&own).is_some_and(|own| Some(own) == port(&theirs))
}

/// Returns the internet address of this side of a connection, if it has one.
pub(crate) fn local_address(connection: impl AsFd) -> Option<SocketAddr> {
    internet(&getsockname(connection).ok()?)
}

fn internet(address: &SocketAddrAny) -> Option<SocketAddr> {
    SocketAddr::try_from(address.clone()).ok()
}

/// Returns how many bytes wait in a socket to be taken by the other side: if that falls, it takes bytes. The system
/// says that there is room only when a third of the buffer is free again.
pub(crate) fn unsent_bytes(fd: BorrowedFd<'_>) -> Option<u32> {
    let mut waiting: libc::c_int = 0;
    // SAFETY: this request writes one int of ours; the descriptor is borrowed for the call.
    let asked = unsafe { libc::ioctl(fd.as_raw_fd(), libc::TIOCOUTQ, &raw mut waiting) };
    if asked == 0 { u32::try_from(waiting).ok() } else { None }
}

/// Puts another file in the place of an open descriptor, whose owner goes on with it by its number and does not
/// notice. If that fails, nothing has changed.
///
/// # Errors
///
/// [`Errno`] of the system call: the number is of no open descriptor.
pub(crate) fn replace(descriptor: RawFd, file: impl AsFd) -> Result<(), Errno> {
    // `dup2` would open a descriptor that is not there.
    let is_open = borrow(descriptor).is_some_and(|descriptor| fstat(descriptor).is_ok());
    if !is_open {
        return Err(Errno::BADF);
    }
    let file = file.as_fd().as_raw_fd();
    loop {
        // SAFETY: two numbers; `file` is open as long as it is borrowed, and the caller vouches that the owner of
        // `descriptor` uses it by its number only. No memory is touched.
        if unsafe { libc::dup2(file, descriptor) } >= 0 {
            return Ok(());
        }
        match Errno::from_io_error(&io::Error::last_os_error()) {
            Some(Errno::INTR | Errno::BUSY) => {}
            error => return Err(error.unwrap_or(Errno::BADF)),
        }
    }
}

/// Borrows a descriptor of the server's, for the length of a system call or two.
fn borrow<'a>(fd: RawFd) -> Option<BorrowedFd<'a>> {
    if fd < 0 {
        return None;
    }
    // SAFETY: not -1. It is the server's, which keeps it open as long as its request; should it be closed all the
    // same, the system call fails or sees another file, which the callers check for. Nothing is read from it or
    // written to it.
    Some(unsafe { BorrowedFd::borrow_raw(fd) })
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_replaced_descriptor_is_the_other_file_and_its_socket_is_let_go_of() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let nothing = File::open("/dev/null").unwrap();
        assert_eq!(replace(ours.as_raw_fd(), &nothing), Ok(()));
        assert!(is_same(ours.as_raw_fd(), &nothing));
        assert_eq!(std::io::Read::read(&mut &theirs, &mut [0]).unwrap(), 0);
    }

    #[test]
    fn a_number_of_no_descriptor_is_not_replaced() {
        const NONE: RawFd = 1_000_000;
        let nothing = File::open("/dev/null").unwrap();
        for number in [-1, NONE] {
            assert_eq!(replace(number, &nothing), Err(Errno::BADF));
        }
    }
}
