//! What carries the bytes of a stream to its server: chosen once per request, by the name of the
//! server, and believed only after it was checked.

use std::os::fd::{BorrowedFd, RawFd};

use super::framing::{Framing, end_records};

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
            Self::Direct(framing) => framing.echoes_kept(),
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

/// How the bytes of a response look on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// In `FCGI_STDOUT` records of this request.
    Records {
        /// The request the records belong to.
        request_id: u16,
    },
    /// As they are.
    Raw,
    /// In chunks of HTTP/1.1.
    Chunks,
}

impl Shape {
    /// What ends a response of this shape, apart from the end of the connection.
    pub(crate) fn end(self) -> Vec<u8> {
        match self {
            Self::Records { request_id } => end_records(request_id),
            Self::Raw => Vec::new(),
            Self::Chunks => b"0\r\n\r\n".to_vec(),
        }
    }
}

/// What a transport knows of a connection that can be given away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandOffTarget {
    /// The server's own descriptor of it.
    pub(crate) descriptor: RawFd,
    pub(crate) shape: Shape,
    /// Whether the web server would use it for its next request, too.
    pub(crate) is_kept: bool,
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
    /// Why it cannot be given away, in words.
    fn hand_off(&self) -> Result<HandOffTarget, &'static str>;

    /// What it is, in words.
    fn describe(&self) -> &'static str;
}
