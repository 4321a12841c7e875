//! Gives a connection away: another process goes on with the response.
//!
//! The invariant: until [`PendingHandOff::let_go`] the connection is the server's and nothing about it has
//! changed; after it, neither the server nor this extension can write a byte to it. `/dev/null` takes
//! its place: it swallows what the server still has to say, and reads as an end. Where it cannot take the place of
//! the server's own descriptor the connection stays here: it never has two owners.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::Arc;

use content_coding::{Coding, Progress};
use framing::{Framing, end_of_stdout};

use super::response::{abort, output, request};
use super::server::error::NoHandOff;
use super::server::kind::Server;
use super::server::signals;
use super::server::transport::HandOffTarget;
use super::sys::socket;
use super::wire::Wire;
use super::{attached, hooks, proxies};

/// Returns how the bytes of a response stand on its connection, for the process that goes on with it or ends it. Only
/// nginx has to be made to close a connection that it keeps: others close it when FastCGI ends the request.
fn framing(target: HandOffTarget, server: Server) -> Framing {
    let software = || request::server_text("SERVER_SOFTWARE").unwrap_or_default();
    match target.framing {
        Framing::FastCgi { request_id, is_kept } => Framing::FastCgi {
            request_id,
            is_kept: is_kept && proxies::is_nginx(server, &software()),
        },
        other => other,
    }
}

/// Returns the bytes that end a response.
fn end_of_response(framing: Framing) -> Vec<u8> {
    let mut end = Vec::new();
    if let Framing::FastCgi { request_id, .. } = framing {
        end.extend(end_of_stdout(request_id));
    }
    end.extend(framing.end());
    end
}

/// Has the server write what waits to be encoded: it is the one that writes.
fn flush_encoded(wire: &Wire) -> Result<(), NoHandOff> {
    if wire.is_direct() || wire.coding().is_none() {
        return Ok(());
    }
    abort::without_abort(output::flush).map_err(|_| NoHandOff::StreamIsToStop)
}

/// A connection that is ready to be given away. The keeper leaves it alone meanwhile.
pub(crate) struct PendingHandOff<'a> {
    wire: &'a Arc<Wire>,
    server: Server,
    target: HandOffTarget,
    /// `/dev/null`, to take its place; opened while there still is a way back.
    nothing: File,
}

impl<'a> PendingHandOff<'a> {
    /// Makes a connection ready: sends all that waits, and keeps the keeper out.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`]; then nothing has changed.
    pub(super) fn new(server: Server, wire: &'a Arc<Wire>) -> Result<Self, NoHandOff> {
        let nothing = OpenOptions::new().read(true).write(true).open("/dev/null");
        let nothing = nothing.map_err(|_| NoHandOff::NoDevNull)?;
        wire.pause();
        match flush_encoded(wire).and_then(|()| wire.settle()) {
            Ok(target) => Ok(Self { wire, server, target, nothing }),
            Err(why) => {
                wire.resume();
                Err(why)
            }
        }
    }

    /// Returns how bytes have to stand on the connection.
    pub(crate) fn framing(&self) -> Framing {
        framing(self.target, self.server)
    }

    /// Returns the content coding of the response, and where that stands.
    pub(crate) fn coding(&self) -> Option<(Coding, Progress)> {
        self.wire.coding()
    }

    /// Returns the connection itself.
    pub(crate) fn connection(&self) -> BorrowedFd<'_> {
        self.wire.as_fd()
    }

    /// Returns the bytes that have to come before a frame, so that it does not become part of an event that the
    /// script has echoed.
    pub(crate) fn before_frame(&self) -> &'static [u8] {
        self.wire.tail().before_frame()
    }

    /// Keeps the connection here after all.
    pub(crate) fn withdraw(self) {
        self.wire.resume();
    }

    /// Ends the response, and lets go of the connection: the script goes on without it. Closed after its
    /// last record, as `fastcgi_finish_request()` does it, so that no web server uses it again.
    /// Where the server cannot be kept from the connection, the response ends with its request as ever.
    pub(super) fn end_response(self) {
        match self.take_from_server() {
            Ok(()) => {
                let framing = self.framing();
                self.wire.conclude(framing, &end_of_response(framing));
                self.part();
            }
            Err(_) => self.withdraw(),
        }
    }

    /// Lets go of the connection: what the script, or the server, writes from now on goes nowhere.
    ///
    /// # Errors
    ///
    /// [`NoHandOff`]; then it stays here, and who was to go on with it must not.
    pub(crate) fn let_go(self) -> Result<(), NoHandOff> {
        match self.take_from_server() {
            Ok(()) => {
                self.part();
                Ok(())
            }
            Err(why) => {
                self.withdraw();
                Err(why)
            }
        }
    }

    /// Leaves the wire's own descriptor as the only one of the connection in this process. If that fails, nothing
    /// has changed.
    fn take_from_server(&self) -> Result<(), NoHandOff> {
        socket::replace(self.target.descriptor, &self.nothing).map_err(|_| NoHandOff::NotReplaced)
    }

    /// Lets go of the wire. Its descriptor may stay open if it cannot be replaced: it is closed to writers then, and
    /// at the end of the request for good.
    fn part(self) {
        // Its last bytes are another's to write, or were written.
        drop(self.wire.take_encoding());
        attached::detach();
        signals::give_back(self.server);
        let _ = socket::replace(self.wire.as_fd().as_raw_fd(), &self.nothing);
        output::disable();
        if matches!(self.target.framing, Framing::FastCgi { .. }) {
            // FPM sends log messages over the connection, too.
            hooks::note_parted();
        }
    }
}
