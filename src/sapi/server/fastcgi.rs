//! PHP-FPM and `php-cgi -b`: the connection to the web server, in FastCGI records.
//!
//! The descriptor and the request's id stand in a structure that PHP does not export
//! (`struct _fcgi_request`, `main/fastcgi.c`). Its first fields have had these offsets in every
//! release since 7.4; still they are believed only if all that is known of them holds, and if, after
//! a flush, the output pointer stands at the very start of the output buffer: on any other layout
//! it would not.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use super::obstacle::{NO_FASTCGI, Obstacle};
use super::signals;
use super::transport::{HandOffTarget, Transport, TryWrite, WritePath};
use crate::sapi::sys::socket::{duplicate, is_listening, is_same, was_accepted_from};
use crate::zend::globals;
use framing::Framing;

/// The head of `struct _fcgi_request`.
#[repr(C)]
struct Request {
    listen_socket: i32,
    tcp: i32,
    fd: i32,
    id: i32,
    keep: i32,
    nodelay: i32,
    ended: i32,
    in_len: i32,
    in_pad: i32,
    out_header: *mut u8,
    out_position: *mut u8,
    out_buffer: [u8; OUT_BUFFER],
}

const OUT_BUFFER: usize = 8192;

/// The connection of a FastCGI request.
struct FastCgi {
    fd: OwnedFd,
    server_fd: RawFd,
    request_id: u16,
    /// The socket the worker accepts from: it closes when FPM reloads.
    listener: RawFd,
}

/// The transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, &'static str> {
    let request = request().ok_or(NO_FASTCGI.what)?;
    check(request)?;
    let request_id = u16::try_from(request.id).ok().filter(|id| *id > 0);
    let request_id = request_id.ok_or("the FastCGI request has no id")?;
    let fd = duplicate(request.fd).ok_or("the FastCGI connection is no stream socket")?;
    Ok(Box::new(FastCgi { fd, server_fd: request.fd, request_id, listener: request.listen_socket }))
}

/// What keeps a php-cgi from being one of these.
pub(crate) fn obstacle() -> Option<Obstacle> {
    request().is_none().then_some(NO_FASTCGI)
}

/// Whether all that is known of a request between two flushes holds.
fn check(request: &Request) -> Result<(), &'static str> {
    let is_flag = |value| value == 0 || value == 1;
    let buffer = request.out_buffer.as_ptr().cast_mut();
    let looks_right = is_flag(request.keep)
        && is_flag(request.tcp)
        && is_flag(request.nodelay)
        && request.ended == 0
        && request.out_header.is_null()
        && request.out_position == buffer;
    if looks_right { Ok(()) } else { Err("the FastCGI request does not look as it should") }
}

fn request() -> Option<&'static Request> {
    // Plain CGI has a 1 in place of the pointer.
    const LOWEST_ADDRESS: usize = 4096;
    let context = globals::sapi(|sapi| sapi.server_context).cast::<Request>();
    if context.addr() < LOWEST_ADDRESS || !context.is_aligned() {
        return None;
    }
    // SAFETY: the SAPI is one whose server context is a FastCGI request, which lives for the whole
    // request, and is larger than what is read of it.
    unsafe { context.as_ref() }
}

impl Transport for FastCgi {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn server_fd(&self) -> Option<RawFd> {
        Some(self.server_fd)
    }

    fn write_path(&self) -> WritePath {
        WritePath::Direct(Framing::FastCgi { request_id: self.request_id, is_kept: false })
    }

    fn try_write(&self, _: &[u8], _: usize) -> TryWrite {
        TryWrite::WouldBlock
    }

    fn server_is_stopping(&self) -> bool {
        // A worker that is asked to quit closes its listening socket, and opens one that is none; that
        // has the same number, unless a lower one was free.
        signals::stop_was_requested() || !is_listening(self.listener)
    }

    fn hand_off(&self) -> Result<HandOffTarget, &'static str> {
        let request = request().ok_or(NO_FASTCGI.what)?;
        check(request)?;
        if i32::from(self.request_id) != request.id || !is_same(request.fd, &self.fd) {
            return Err("the FastCGI request is another one now");
        }
        if !was_accepted_from(&self.fd, self.listener) {
            return Err("the connection was not accepted from the worker's socket");
        }
        let framing = Framing::FastCgi { request_id: self.request_id, is_kept: request.keep == 1 };
        Ok(HandOffTarget { descriptor: request.fd, framing })
    }

    fn describe(&self) -> &'static str {
        "straight to the web server, as FastCGI records"
    }
}
