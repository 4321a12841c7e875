//! Sends and receives bytes with a descriptor on a Unix socket, and asks for its peer.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;
use rustix::fs::{Gid, Uid};
use rustix::io::{self, Errno};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Sends as many of the bytes as there is room for, and the descriptor with the first of them. Raises no signal if
/// the peer is gone.
///
/// # Errors
///
/// Those of sendmsg(2); `EPIPE` when the other side is gone.
pub fn send(
    socket: impl AsFd,
    bytes: &[u8],
    descriptor: Option<BorrowedFd<'_>>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = descriptor.as_slice();
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(Errno::NOBUFS);
    }
    let flags = SendFlags::NOSIGNAL;
    io::retry_on_intr(|| sendmsg(&socket, &[IoSlice::new(bytes)], &mut control, flags))
}

/// The result of one [`receive`].
#[derive(Debug)]
pub struct Received {
    /// The number of bytes; 0 at the end of the stream.
    pub length: usize,
    /// The descriptors that came with them; more than one is the sender's mistake.
    pub descriptors: Vec<OwnedFd>,
}

/// Receives the bytes that have arrived into `buffer`. Descriptors are closed on exec.
///
/// # Errors
///
/// Those of recvmsg(2).
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Received> {
    // Room for more than one: the kernel would drop the others of a sender that sends too many.
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(16))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC;
    let mut slices = [IoSliceMut::new(buffer)];
    let received = io::retry_on_intr(|| recvmsg(&socket, &mut slices, &mut control, flags))?;
    let descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    Ok(Received { length: received.bytes, descriptors: descriptors.flatten().collect() })
}

/// The user and group at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its user.
    pub uid: Uid,
    /// Its group.
    pub gid: Gid,
}

/// Asks the kernel which user has connected, or listens. It does not ask for the process id: a process of another PID
/// namespace has none here.
///
/// # Errors
///
/// Those of getsockopt(2).
pub fn peer(socket: &impl AsFd) -> std::io::Result<Peer> {
    let credentials = getsockopt(socket, PeerCredentials)?;
    Ok(Peer { uid: Uid::from_raw(credentials.uid()), gid: Gid::from_raw(credentials.gid()) })
}
