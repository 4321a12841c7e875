//! The transport of Apache with `mod_php`: httpd writes, also the keeper's heartbeats.
//!
//! httpd may chunk, encrypt or compress the response on its way, so heartbeats go through it, too, under the wire
//! lock, and only while the connection has room: httpd's own writes block. Its functions are looked up in the running
//! process. Its memory pools are not thread safe: while the script is inside httpd, the keeper pauses (see
//! `overrides`).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use framing::Framing;
use rustix::event::{PollFd, PollFlags};
use rustix::net::sockopt::socket_send_buffer_size;

use super::apache_variables;
use super::error::{NoHandOff, NoWire};
use super::httpd::{Httpd, Request, filters, is_within_another, request, with_keeper_inside};
use super::transport::{HandOffTarget, Transport, TryWrite, WritePath};
use crate::sapi::sys::poll::poll;
use crate::sapi::sys::socket::{duplicate, is_same, unsent_bytes};

/// The filters between a response without compression or encryption and its connection; any other one wants to see
/// the bytes that are sent.
const PLAIN_FILTERS: [&str; 5] =
    ["old_write", "byterange", "content_length", "http_outerror", "core"];

/// The filter that makes chunks of HTTP/1.1.
const CHUNK_FILTER: &str = "chunk";

/// The keeper writes only while less than this waits in the connection, in bytes: then httpd's
/// write cannot block.
const ROOM: u32 = 32 * 1024;

/// A socket counts as writable when a third of its buffer is free, and a byte may take up two.
const SHARE_OF_BUFFER: usize = 6;

/// One request of httpd's.
struct Apache {
    httpd: Httpd,
    request: *mut Request,
    fd: OwnedFd,
}

// SAFETY: nothing in it belongs to one thread. The request lives until the wire is closed, which takes the wire lock,
// and every use of it is made under that lock (`try_write`, `hand_off`), so that one thread at a time is inside
// httpd's memory. A bailout does not come between: the wire of a request that was left is closed before the request
// is over.
unsafe impl Send for Apache {}
// SAFETY: as above. `server_is_stopping`, which the keeper calls without the lock, does not look at the request: it
// reads numbers of the MPM and of the scoreboard.
unsafe impl Sync for Apache {}

/// Returns the transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, NoWire> {
    let httpd = httpd()?;
    let request = request().ok_or(NoWire::NoHttpdRequest)?;
    let fd = httpd.descriptor(request).and_then(duplicate);
    let fd = fd.ok_or(NoWire::NoBrowserSocket)?;
    Ok(Box::new(Apache { httpd, request, fd }))
}

/// Returns the reason why the keeper may not be inside this httpd, if there is one.
pub(crate) fn obstacle() -> Option<NoWire> {
    httpd().err()
}

fn httpd() -> Result<Httpd, NoWire> {
    let httpd = Httpd::get().ok_or(NoWire::UnknownHttpd)?;
    // PHP's own number of it is that of HTTP/1 for `mod_http2`, too.
    let protocol = apache_variables::protocol().ok_or(NoWire::UnknownHttpd)?;
    match obstacle_to(httpd.is_threaded(), &protocol) {
        Some(obstacle) => Err(obstacle),
        None if is_within_another() => Err(NoWire::Subrequest),
        None => Ok(httpd),
    }
}

/// Returns the reason why the keeper may not be inside an httpd whose MPM answers so, for a request that came by this
/// protocol.
fn obstacle_to(is_threaded: Option<bool>, protocol: &str) -> Option<NoWire> {
    if is_threaded != Some(false) {
        return Some(NoWire::Threads);
    }
    let version = protocol.strip_prefix("HTTP/");
    version.is_some_and(|version| !version.starts_with("1.")).then_some(NoWire::Http2)
}

impl Apache {
    /// True if the connection has room for so many bytes; `None` if it is over.
    fn has_room(&self, bytes: usize) -> Option<bool> {
        let mut fds = [PollFd::new(&self.fd, PollFlags::OUT)];
        if poll(&mut fds, Some(Duration::ZERO)) != Ok(1) {
            return Some(false);
        }
        if fds[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) {
            return None;
        }
        let buffer = socket_send_buffer_size(&self.fd).unwrap_or(0);
        let fits = bytes <= buffer / SHARE_OF_BUFFER;
        Some(fits && unsent_bytes(self.fd.as_fd()).is_some_and(|waiting| waiting < ROOM))
    }
}

impl Transport for Apache {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn write_path(&self) -> WritePath {
        WritePath::Server
    }

    fn try_write(&self, bytes: &[u8], held_back: usize) -> TryWrite {
        match self.has_room(bytes.len() + held_back) {
            None => return TryWrite::Closed,
            Some(false) => return TryWrite::WouldBlock,
            Some(true) => {}
        }
        match with_keeper_inside(|| self.httpd.write(self.request, bytes)) {
            None => TryWrite::WouldBlock,
            Some(true) => TryWrite::Written,
            Some(false) => TryWrite::Closed,
        }
    }

    fn server_is_stopping(&self) -> bool {
        self.httpd.is_stopping()
    }

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        let descriptor = self.httpd.descriptor(self.request);
        let descriptor = descriptor.filter(|descriptor| is_same(*descriptor, &self.fd));
        let descriptor = descriptor.ok_or(NoHandOff::OtherRequest)?;
        let mut framing = Framing::Raw;
        for name in filters(self.request).ok_or(NoHandOff::UnknownFilters)? {
            match name.as_str() {
                CHUNK_FILTER => framing = Framing::Chunked,
                name if PLAIN_FILTERS.contains(&name) => {}
                _ => return Err(NoHandOff::Filtered),
            }
        }
        // The keeper pauses, under the wire lock.
        if !self.httpd.flush(self.request) {
            return Err(NoHandOff::ClientGone);
        }
        Ok(HandOffTarget { descriptor, framing })
    }

    fn describe(&self) -> &'static str {
        "through httpd"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_and_http_2_are_obstacles() {
        assert_eq!(obstacle_to(Some(false), "HTTP/1.1"), None);
        assert_eq!(obstacle_to(Some(true), "HTTP/1.1"), Some(NoWire::Threads));
        assert_eq!(obstacle_to(None, "HTTP/1.1"), Some(NoWire::Threads));
        assert_eq!(obstacle_to(Some(false), "HTTP/2.0"), Some(NoWire::Http2));
    }
}
