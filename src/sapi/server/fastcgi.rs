//! The transport of PHP-FPM and `php-cgi -b`: the connection to the web server, in FastCGI records.
//!
//! The descriptor and the request's id stand in a structure that PHP does not export
//! (`struct _fcgi_request`, `main/fastcgi.c`). Its first fields have had these offsets in every
//! release since 7.4; still they are believed only if all that is known of them holds, and if, after
//! a flush, the output pointer stands at the very start of the output buffer: on any other layout
//! it would not.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use super::error::{NoHandOff, NoWire};
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

/// Returns the transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, NoWire> {
    let request = request()?;
    let request_id = u16::try_from(request.id).ok().filter(|id| *id > 0);
    let request_id = request_id.ok_or(NoWire::NoFastCgiId)?;
    let fd = duplicate(request.fd).ok_or(NoWire::NoFastCgiSocket)?;
    Ok(Box::new(FastCgi { fd, server_fd: request.fd, request_id, listener: request.listener }))
}

/// Returns the reason why a php-cgi has no connection, if nobody speaks FastCGI to it.
pub(crate) fn obstacle() -> Option<NoWire> {
    with_request(|_| Ok(())).err()
}

/// The fields of a request that are needed, copied while it looks as it should.
struct Checked {
    listener: RawFd,
    fd: RawFd,
    id: i32,
    is_kept: bool,
}

/// Returns the request that is answered, if all that is known of one between two flushes holds.
fn request() -> Result<Checked, NoWire> {
    with_request(|request| {
        let is_flag = |value| value == 0 || value == 1;
        let buffer = request.out_buffer.as_ptr().cast_mut();
        let looks_right = is_flag(request.keep)
            && is_flag(request.tcp)
            && is_flag(request.nodelay)
            && request.ended == 0
            && request.out_header.is_null()
            && request.out_position == buffer;
        let (listener, is_kept) = (request.listen_socket, request.keep == 1);
        let checked = Checked { listener, fd: request.fd, id: request.id, is_kept };
        looks_right.then_some(checked).ok_or(NoWire::UnknownFastCgi)
    })
}

/// Looks at the request that is answered. `look` calls nothing of the server's, nor of the engine's.
fn with_request<R>(look: impl FnOnce(&Request) -> Result<R, NoWire>) -> Result<R, NoWire> {
    // Plain CGI has a 1 in place of the pointer.
    const LOWEST_ADDRESS: usize = 4096;
    let context = globals::sapi(|sapi| sapi.server_context).cast::<Request>();
    if context.addr() < LOWEST_ADDRESS || !context.is_aligned() {
        return Err(NoWire::NoFastCgi);
    }
    // SAFETY: callers are transports of FPM and php-cgi, whose server context is a FastCGI request unless it is the
    // 1 of plain CGI. It lives until the request is over, is aligned, and is larger than what is read of it; this
    // thread alone writes to it, and not inside `look`, which makes no call that could, or that could bail out.
    look(unsafe { &*context })
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

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        let request = request()?;
        if i32::from(self.request_id) != request.id || !is_same(request.fd, &self.fd) {
            return Err(NoHandOff::OtherFastCgiRequest);
        }
        if !was_accepted_from(&self.fd, self.listener) {
            return Err(NoHandOff::OtherListener);
        }
        let framing = Framing::FastCgi { request_id: self.request_id, is_kept: request.is_kept };
        Ok(HandOffTarget { descriptor: request.fd, framing })
    }

    fn describe(&self) -> &'static str {
        "straight to the web server, as FastCGI records"
    }
}
