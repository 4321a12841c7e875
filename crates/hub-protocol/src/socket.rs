//! Bytes, and at most one descriptor with them, through a Unix stream socket; and who is at its other end.

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

/// Sends as many of the bytes as there is room for, the descriptor with the first of them. No signal is
/// raised when nobody listens.
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

/// What one [`receive`] has brought.
#[derive(Debug)]
pub struct Received {
    /// How many bytes; 0 at the end.
    pub length: usize,
    /// The descriptors that came with them; more than one is a mistake of the sender.
    pub descriptors: Vec<OwnedFd>,
}

/// Receives what is there into `buffer`. Descriptors are closed on exec.
///
/// # Errors
///
/// Those of recvmsg(2).
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Received> {
    // Room for more than one, so that none is lost in silence when somebody sends too many.
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

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its user.
    pub uid: Uid,
    /// The first of its groups.
    pub gid: Gid,
}

/// Asks the system who has connected, or who listens. The process is not asked for: one of another PID
/// namespace has no id here.
///
/// # Errors
///
/// Those of getsockopt(2).
pub fn peer(socket: &impl AsFd) -> std::io::Result<Peer> {
    let credentials = getsockopt(socket, PeerCredentials)?;
    Ok(Peer { uid: Uid::from_raw(credentials.uid()), gid: Gid::from_raw(credentials.gid()) })
}
