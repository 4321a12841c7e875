//! What carries the bytes of a stream to its server: chosen once per request, by the name of the
//! server, and believed only after it was checked.

use std::os::fd::{BorrowedFd, RawFd};

use super::framing::Framing;
use super::obstacle::Obstacle;
use super::{apache, cli_server, fastcgi, stdio};
use crate::sapi::Server;
use crate::sapi::hand_off::Parting;

/// Which way the script's own bytes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Straight onto the connection.
    Direct(Framing),
    /// Through the server, under the wire lock; only the keeper writes by itself.
    Server,
}

impl Way {
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
pub(crate) enum Small {
    /// It is out.
    Sent,
    /// Not now.
    Later,
    /// Never again.
    Gone,
}

/// What carries the bytes of a stream. Used from two threads, under the wire lock where it writes.
pub(crate) trait Transport: Send + Sync {
    /// The connection, to be polled, and to be written to if the way is direct.
    fn fd(&self) -> BorrowedFd<'_>;

    /// The server's own descriptor of the connection, where a fork of the worker must not have it.
    fn servers_own(&self) -> Option<RawFd>;

    /// Which way the script's own bytes take; it stays the same.
    fn way(&self) -> Way;

    /// Writes a few bytes from the keeper, or does not: never blocks. Not called on a direct way. Before them
    /// goes out what the server holds back, up to `held_back` bytes.
    fn send_small(&self, bytes: &[u8], held_back: usize) -> Small;

    /// Whether the server is asked to stop or reload, as far as it shows.
    fn server_is_stopping(&self) -> bool;

    /// What has to be known to give the connection away. Asked when all is written, and again checked.
    ///
    /// # Errors
    ///
    /// Why it cannot be given away, in words.
    fn hand_off(&self) -> Result<Parting, &'static str>;

    /// What it is, in words.
    fn describe(&self) -> &'static str;
}

/// What keeps this request from the best way of its server, as far as it shows before the stream.
pub(crate) fn obstacle(server: Server) -> Option<Obstacle> {
    match server {
        Server::Cgi => fastcgi::obstacle(),
        Server::Apache => apache::obstacle(),
        Server::Fpm | Server::BuiltIn | Server::CommandLine | Server::Other => None,
    }
}

/// The transport of this request. What the response held back must be flushed.
///
/// # Errors
///
/// Why there is none, in words: then the script's own thread does everything.
pub(crate) fn of_request(server: Server) -> Result<Box<dyn Transport>, &'static str> {
    match server {
        Server::Fpm | Server::Cgi => fastcgi::transport(),
        Server::BuiltIn => cli_server::transport(),
        Server::Apache => apache::transport(),
        Server::CommandLine => stdio::transport(),
        Server::Other => Err("nothing is known about this server"),
    }
}
