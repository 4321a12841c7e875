//! Giving a connection away: another process goes on with the response, and the server believes that
//! it has sent it all.
//!
//! The invariant: until [`PendingHandOff::let_go`] the connection is the server's and nothing about it has
//! changed; after it, neither the server nor this extension can write a byte to it. `/dev/null` takes
//! its place: it swallows what the server still has to say, and reads as an end.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::Arc;

use super::response::{output, request};
use super::server::framing::stray_record;
use super::server::kind::Server;
use super::server::signals;
use super::server::transport::{HandOffTarget, Shape};
use super::wire::Wire;
use super::{attached, hooks, in_front};

/// What ends the response on such a connection. On a kept one, nginx may send its next request between this and
/// the connection's end, and answers 502 then, so there is something behind it that makes nginx close it.
fn end_of_response(target: HandOffTarget, server: Server) -> Vec<u8> {
    let mut end = target.shape.end();
    if let Shape::Records { request_id } = target.shape
        && is_kept_by_nginx(target, server)
    {
        end.extend(stray_record(request_id));
    }
    end
}

fn is_kept_by_nginx(target: HandOffTarget, server: Server) -> bool {
    let software = || request::server_text("SERVER_SOFTWARE").unwrap_or_default();
    target.is_kept && in_front::is_nginx(server, &software())
}

/// A connection that is ready to be given away. The keeper leaves it alone meanwhile.
pub(crate) struct PendingHandOff<'a> {
    wire: &'a Arc<Wire>,
    server: Server,
    target: HandOffTarget,
    /// What takes its place, opened while there still is a way back.
    nothing: File,
}

impl<'a> PendingHandOff<'a> {
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
            Ok(target) => Ok(Self { wire, server, target, nothing }),
            Err(why) => {
                wire.resume();
                Err(why)
            }
        }
    }

    /// How bytes have to look on the connection.
    pub(crate) fn shape(&self) -> Shape {
        self.target.shape
    }

    /// Whether nginx would use it for its next request, too: then there has to be something behind the end of
    /// the response that makes nginx close it.
    pub(crate) fn is_kept_by_nginx(&self) -> bool {
        is_kept_by_nginx(self.target, self.server)
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
        self.wire.conclude(&end_of_response(self.target, self.server));
        self.let_go();
    }

    /// Lets go of the connection: what the script, or the server, writes from now on goes nowhere.
    pub(crate) fn let_go(self) {
        attached::detach();
        signals::give_back(self.server);
        for descriptor in [self.target.descriptor, self.wire.as_fd().as_raw_fd()] {
            // SAFETY: both are open descriptors of this connection: one is the server's, which reads and
            // writes it by its number only, one is the wire's, which is closed to writers. It fails only
            // for numbers that are none.
            unsafe { libc::dup2(self.nothing.as_raw_fd(), descriptor) };
        }
        output::disable();
        if matches!(self.target.shape, Shape::Records { .. }) {
            // FPM sends what is logged over the connection, too.
            hooks::note_parted();
        }
    }
}
