//! The transport of `php -S`: the connection to the browser itself, as raw bytes.
//!
//! The descriptor stands in `struct php_cli_server_client` (`sapi/cli/php_cli_server.c`), behind a
//! pointer. It is believed only if its other end has the port that the request says it has.
//! Beside it stands the server itself, where Ctrl-C leaves a note, also one that came before the stream.
//! That is believed only if the address noted there is that of the socket the connection came by.

use std::ffi::{c_char, c_int};
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use rustix::net::getpeername;

use super::error::{NoHandOff, NoWire};
use super::signals;
use super::transport::{HandOffTarget, Transport, TryWrite, WritePath};
use crate::sapi::response::request;
use crate::sapi::sys::socket::{duplicate, is_same, local_address, was_accepted_from};
use crate::zend::globals;
use framing::Framing;

/// The head of `struct php_cli_server_client`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Client {
    server: *const Server,
    socket: RawFd,
}

/// The head of `struct php_cli_server`.
#[repr(C)]
struct Server {
    listener: RawFd,
    poller: Poller,
    /// 1, or 0 once it is to stop: then it ends after its requests.
    is_running: AtomicI32,
    host: *const c_char,
    port: c_int,
    family: c_int,
}

/// `struct php_cli_server_poller`.
#[repr(C)]
struct Poller {
    sets: [libc::fd_set; 4],
    highest: RawFd,
}

/// The connection of a request to `php -S`.
struct CliServer {
    fd: OwnedFd,
    server_fd: RawFd,
    /// The server's own note that it runs, if its layout is the one that is known.
    is_running: Option<&'static AtomicI32>,
}

/// Returns the transport of this request.
pub(crate) fn transport() -> Result<Box<dyn Transport>, NoWire> {
    let client = client()?;
    let fd = duplicate(client.socket).ok_or(NoWire::NoBrowserSocket)?;
    if !comes_from_the_client(&fd) {
        return Err(NoWire::OtherClient);
    }
    let is_running = is_running(client.server, &fd);
    Ok(Box::new(CliServer { fd, server_fd: client.socket, is_running }))
}

/// Returns the head of the client that `php -S` answers, as it is now.
fn client() -> Result<Client, NoWire> {
    let context = globals::sapi(|sapi| sapi.server_context).cast::<Client>();
    let context = Some(context).filter(|context| context.is_aligned());
    let context = context.ok_or(NoWire::NoBuiltInRequest)?;
    // SAFETY: callers are transports of `php -S`, whose server context is null or a client that lives until the
    // request is over; it is aligned, begins as `Client` does, and is written to by this thread only. It is copied
    // here, and no call is made meanwhile that could bail out.
    unsafe { context.as_ref() }.copied().ok_or(NoWire::NoBuiltInRequest)
}

/// Returns the note of the server that has accepted the connection `fd`: 0 once it is to stop.
fn is_running(server: *const Server, fd: &OwnedFd) -> Option<&'static AtomicI32> {
    if server.is_null() || !server.is_aligned() {
        return None;
    }
    // SAFETY: not null and aligned; the client's pointer to the process's one server (`static php_cli_server server`),
    // which lives as long as the program and is larger than what is read of it. Nobody writes to it while a request is
    // served, but for signal handlers, to the flag, which is read as an atomic.
    let server = unsafe { &*server };
    let own = local_address(fd).filter(|_| was_accepted_from(fd, server.listener))?;
    let family = if own.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let is_known = server.port == c_int::from(own.port()) && server.family == family;
    is_known.then_some(&server.is_running)
}

fn comes_from_the_client(fd: &OwnedFd) -> bool {
    let claimed = request::server_text("REMOTE_PORT").and_then(|port| port.parse().ok());
    let peer = getpeername(fd).ok().flatten();
    let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
    peer.is_some_and(|peer| Some(peer.port()) == claimed)
}

impl Transport for CliServer {
    fn fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    fn server_fd(&self) -> Option<RawFd> {
        Some(self.server_fd)
    }

    fn write_path(&self) -> WritePath {
        WritePath::Direct(Framing::Raw)
    }

    fn try_write(&self, _: &[u8], _: usize) -> TryWrite {
        TryWrite::WouldBlock
    }

    fn server_is_stopping(&self) -> bool {
        let is_to_stop = |is_running: &AtomicI32| is_running.load(Ordering::Relaxed) == 0;
        signals::stop_was_requested() || self.is_running.is_some_and(is_to_stop)
    }

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        let descriptor = client()?.socket;
        if !is_same(descriptor, &self.fd) {
            return Err(NoHandOff::OtherRequest);
        }
        Ok(HandOffTarget { descriptor, framing: Framing::Raw })
    }

    fn describe(&self) -> &'static str {
        "straight to the browser, as raw bytes"
    }
}
