//! The sockets of this process, found by what is at their other end: for a server that tells no descriptor.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use rustix::fs::fstat;
use rustix::net::getpeername;

use super::socket::{duplicate, is_listening, local_address};

/// A duplicate of the connection whose other end has this address; `None` also where there are two.
pub(crate) fn connection_to(peer: SocketAddr) -> Option<OwnedFd> {
    let mut found: Option<OwnedFd> = None;
    for descriptor in descriptors().filter(|descriptor| peer_of(*descriptor) == Some(peer)) {
        // It may have been closed, and be another's by now.
        let duplicate =
            duplicate(descriptor).filter(|fd| address_of_peer(fd.as_fd()) == Some(peer));
        let Some(duplicate) = duplicate else { continue };
        match &found {
            Some(other) if identity(other.as_fd()) != identity(duplicate.as_fd()) => return None,
            _ => found = Some(duplicate),
        }
    }
    found
}

/// What a socket is accepted from: it goes when the server is told to stop, long before the connection.
#[derive(Debug, Default)]
pub(crate) struct Listeners(Vec<(RawFd, Identity)>);

/// Device and inode.
type Identity = (u64, u64);

impl Listeners {
    /// All that may have accepted this connection.
    pub(crate) fn of(connection: BorrowedFd<'_>) -> Self {
        let Some(own) = local_address(connection) else { return Self(Vec::new()) };
        let accepts = |descriptor: &RawFd| {
            let listener = borrow(*descriptor).filter(|_| is_listening(*descriptor));
            listener.and_then(local_address).is_some_and(|it| it.port() == own.port())
        };
        let known = |descriptor| Some((descriptor, identity(borrow(descriptor)?)?));
        Self(descriptors().filter(accepts).filter_map(known).collect())
    }

    /// True if there were some, and the last of them is closed.
    pub(crate) fn are_closed(&self) -> bool {
        let is_open = |(descriptor, before): &(RawFd, Identity)| {
            is_listening(*descriptor) && borrow(*descriptor).and_then(identity) == Some(*before)
        };
        !self.0.is_empty() && !self.0.iter().any(is_open)
    }
}

fn descriptors() -> impl Iterator<Item = RawFd> {
    let entries = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn peer_of(descriptor: RawFd) -> Option<SocketAddr> {
    address_of_peer(borrow(descriptor)?)
}

fn address_of_peer(fd: BorrowedFd<'_>) -> Option<SocketAddr> {
    let address = SocketAddr::try_from(getpeername(fd).ok().flatten()?).ok()?;
    Some(plain(address.ip(), address.port()))
}

/// As servers write it: a socket for both versions of IP calls an IPv4 address by one of IPv6.
pub(crate) fn plain(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip.to_canonical(), port)
}

fn identity(fd: BorrowedFd<'_>) -> Option<Identity> {
    fstat(fd).ok().map(|stat| (stat.st_dev, stat.st_ino))
}

/// A descriptor of the server's, for the length of a system call.
fn borrow<'a>(descriptor: RawFd) -> Option<BorrowedFd<'a>> {
    // SAFETY: not -1. If it is closed meanwhile, the system call fails or sees another file, which the callers
    // check for; nothing is written to it.
    (descriptor >= 0).then(|| unsafe { BorrowedFd::borrow_raw(descriptor) })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_connection_is_found_by_its_other_end() {
        let listener = TcpListener::bind("[::]:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let found = connection_to(client.local_addr().unwrap()).unwrap();
        assert_eq!(identity(found.as_fd()), identity(accepted.as_fd()));
        // Found once more, it is the same.
        assert!(connection_to(client.local_addr().unwrap()).is_some());
        assert!(connection_to("127.0.0.1:1".parse().unwrap()).is_none());
    }

    #[test]
    fn a_listener_that_is_closed_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let listeners = Listeners::of(accepted.as_fd());
        assert!(!listeners.are_closed());
        drop(listener);
        assert!(listeners.are_closed());
        assert!(!Listeners::of(accepted.as_fd()).are_closed(), "there were none");
    }
}
