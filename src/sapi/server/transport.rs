//! What carries the bytes of a stream to its server: chosen once per request, by the name of the
//! server, and believed only after it was checked.

use std::os::fd::{BorrowedFd, RawFd};

use framing::Framing;

use super::error::NoHandOff;
use super::packets;

/// Which way the script's own bytes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WritePath {
    /// Straight onto the connection.
    Direct(Framing),
    /// Through the server, under the wire lock; only the keeper writes by itself.
    Server,
}

impl WritePath {
    /// How many echoed bytes wait for the script's flush. What goes through the server waits there.
    pub(crate) fn echoes_kept(self) -> usize {
        match self {
            Self::Direct(framing) => packets::echoes_kept(framing),
            Self::Server => 0,
        }
    }
}

/// How a small write without waiting ended; see [`crate::sapi::wire`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TryWrite {
    /// It is out.
    Written,
    /// Not now.
    WouldBlock,
    /// Never again.
    Closed,
}

/// What a transport knows of a connection that can be given away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandOffTarget {
    /// The server's own descriptor of it.
    pub(crate) descriptor: RawFd,
    /// How the bytes of the response stand on it.
    pub(crate) framing: Framing,
}

/// What carries the bytes of a stream. Used from two threads, under the wire lock where it writes.
pub(crate) trait Transport: Send + Sync {
    /// The connection, to be polled, and to be written to if the way is direct.
    fn fd(&self) -> BorrowedFd<'_>;

    /// The server's own descriptor of the connection, where a fork of the worker must not have it.
    fn server_fd(&self) -> Option<RawFd>;

    /// Which way the script's own bytes take; it stays the same.
    fn write_path(&self) -> WritePath;

    /// Writes a few bytes from the keeper, or does not: never blocks. Not called on a direct way. Before them
    /// goes out what the server holds back, up to `held_back` bytes.
    fn try_write(&self, bytes: &[u8], held_back: usize) -> TryWrite;

    /// Whether the server is asked to stop or reload, as far as it shows.
    fn server_is_stopping(&self) -> bool;

    /// What has to be known to give the connection away. Asked when all is written, and again checked.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`].
    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff>;

    /// What it is, in words.
    fn describe(&self) -> &'static str;
}
