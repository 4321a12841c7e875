//! Giving a connection away: another process goes on with the response, and the server believes that
//! it has sent it all.
//!
//! The invariant: until [`Offer::let_go`] the connection is the server's and nothing about it has
//! changed; after it, neither the server nor this extension can write a byte to it. `/dev/null` takes
//! its place: it swallows what the server still has to say, and reads as an end.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::Arc;

use super::response::{output, request};
use super::server::framing::{end_records, stray_record};
use super::server::signals;
use super::wire::Wire;
use super::{Server, hooks, in_front};

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
    fn end(self) -> Vec<u8> {
        match self {
            Self::Records { request_id } => end_records(request_id),
            Self::Raw => Vec::new(),
            Self::Chunks => b"0\r\n\r\n".to_vec(),
        }
    }
}

/// What a transport knows of a connection that can be given away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parting {
    /// The server's own descriptor of it.
    pub(crate) descriptor: RawFd,
    pub(crate) shape: Shape,
    /// Whether the web server would use it for its next request, too.
    pub(crate) is_kept: bool,
}

impl Parting {
    /// What ends the response. On a kept connection, nginx may send its next request between this and the
    /// connection's end, and answers 502 then, so there is something behind it that makes nginx close it.
    fn end(self, server: Server) -> Vec<u8> {
        let mut end = self.shape.end();
        if let Shape::Records { request_id } = self.shape
            && self.is_kept_by_nginx(server)
        {
            end.extend(stray_record(request_id));
        }
        end
    }

    fn is_kept_by_nginx(self, server: Server) -> bool {
        let software = || request::server_text("SERVER_SOFTWARE").unwrap_or_default();
        self.is_kept && in_front::is_nginx(server, &software())
    }
}

/// A connection that is ready to be given away. The keeper leaves it alone meanwhile.
pub(crate) struct Offer<'a> {
    wire: &'a Arc<Wire>,
    server: Server,
    parting: Parting,
    /// What takes its place, opened while there still is a way back.
    nothing: File,
}

impl<'a> Offer<'a> {
    /// Makes a connection ready: all that was written is on it, and nothing waits.
    ///
    /// # Errors
    ///
    /// Why it cannot be given away, in words; then nothing has changed.
    pub(super) fn new(server: Server, wire: &'a Arc<Wire>) -> Result<Self, &'static str> {
        let nothing = OpenOptions::new().read(true).write(true).open("/dev/null");
        let nothing = nothing.map_err(|_| "/dev/null cannot be opened")?;
        wire.pause();
        match wire.settle() {
            Ok(parting) => Ok(Self { wire, server, parting, nothing }),
            Err(why) => {
                wire.resume();
                Err(why)
            }
        }
    }

    /// How bytes have to look on the connection.
    pub(crate) fn shape(&self) -> Shape {
        self.parting.shape
    }

    /// Whether nginx would use it for its next request, too: then there has to be something behind the end of
    /// the response that makes nginx close it.
    pub(crate) fn is_kept_by_nginx(&self) -> bool {
        self.parting.is_kept_by_nginx(self.server)
    }

    /// The connection itself.
    pub(crate) fn connection(&self) -> BorrowedFd<'_> {
        self.wire.as_fd()
    }

    /// What has to come before a frame, so that it does not become part of what the script has echoed.
    pub(crate) fn before_frame(&self) -> &'static [u8] {
        self.wire.tail().before_frame()
    }

    /// The connection stays here after all.
    pub(crate) fn withdraw(self) {
        self.wire.resume();
    }

    /// Ends the response, and lets go of the connection: the script goes on without it. Closed after its
    /// last record, as `fastcgi_finish_request()` does it, so that no web server uses it again.
    pub(super) fn end_response(self) {
        self.wire.conclude(&self.parting.end(self.server));
        self.let_go();
    }

    /// Lets go of the connection: what the script, or the server, writes from now on goes nowhere.
    pub(crate) fn let_go(self) {
        hooks::detach();
        signals::give_back(self.server);
        for descriptor in [self.parting.descriptor, self.wire.as_fd().as_raw_fd()] {
            // SAFETY: both are open descriptors of this connection: one is the server's, which reads and
            // writes it by its number only, one is the wire's, which is closed to writers. It fails only
            // for numbers that are none.
            unsafe { libc::dup2(self.nothing.as_raw_fd(), descriptor) };
        }
        output::disable();
        if matches!(self.parting.shape, Shape::Records { .. }) {
            // FPM sends what is logged over the connection, too.
            hooks::note_parted();
        }
    }
}
