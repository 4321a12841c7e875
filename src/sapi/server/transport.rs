//! The trait of a transport, which carries the bytes of a stream to its server.
//!
//! One is chosen once per request, by the name of the server, and believed only after it was checked.

use std::os::fd::{BorrowedFd, RawFd};

use framing::Framing;
use rustix::net::{Shutdown, shutdown};

use super::error::NoHandOff;
use super::packets;
use crate::sapi::sys::socket::unsent_bytes;

/// The way that the script's own bytes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WritePath {
    /// Straight onto the connection.
    Direct(Framing),
    /// Through the server, under the wire lock; only the keeper writes by itself.
    Server,
}

impl WritePath {
    /// Returns how many echoed bytes wait here for the script's flush. On the way through the server they wait there.
    pub(crate) fn echoes_kept(self) -> usize {
        match self {
            Self::Direct(framing) => packets::echoes_kept(framing),
            Self::Server => 0,
        }
    }
}

/// The end of a small write that does not wait; see [`crate::sapi::wire`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TryWrite {
    /// It is out.
    Written,
    /// Not now.
    WouldBlock,
    /// Never again.
    Closed,
}

/// A connection that can be given away, as its transport knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandOffTarget {
    /// The server's own descriptor of it.
    pub(crate) descriptor: RawFd,
    /// The framing of the response's bytes on it.
    pub(crate) framing: Framing,
}

/// Carries the bytes of a stream. Used from two threads, under the wire lock where it writes.
pub(crate) trait Transport: Send + Sync {
    /// Returns the connection, to be polled, and to be written to if the way is direct.
    fn fd(&self) -> BorrowedFd<'_>;

    /// Returns the server's own descriptor of the connection, where a fork of the worker must not have it; on the command
    /// line a fork may write what it likes.
    fn server_fd(&self) -> Option<RawFd> {
        None
    }

    /// Returns the way that the script's own bytes take; it stays the same.
    fn write_path(&self) -> WritePath;

    /// True if `try_write` blocks while the client takes nothing: then it is not the keeper that calls it.
    fn may_block(&self) -> bool {
        false
    }

    /// Writes a few bytes from the keeper, or does not: never blocks, unless `may_block` says so. Not called on a
    /// direct way. The bytes that the server holds back, `held_back` at most, go out before them.
    fn try_write(&self, bytes: &[u8], held_back: usize) -> TryWrite;

    /// Asks the server whether the client has left, where the connection does not tell. Called as `try_write` is.
    fn client_has_left(&self) -> bool {
        false
    }

    /// Returns how many bytes wait in the connection to be taken by the client; of use to see whether it takes any.
    fn unsent_bytes(&self) -> Option<u32> {
        unsent_bytes(self.fd())
    }

    /// Cuts the connection off, of which the client takes nothing any more: writes to it come back.
    fn cut_off(&self) {
        let _ = shutdown(self.fd(), Shutdown::Both);
    }

    /// True if the server is asked to stop or reload, as far as it shows.
    fn server_is_stopping(&self) -> bool;

    /// Checks the connection anew, when all is written, and returns the facts that are needed to give it away.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`].
    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff>;

    /// Describes it in words, for `doctor()`.
    fn describe(&self) -> &'static str;
}
