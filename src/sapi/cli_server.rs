//! `php -S`: the connection to the browser itself, as raw bytes.
//!
//! The descriptor stands in `struct php_cli_server_client` (`sapi/cli/php_cli_server.c`), behind a
//! pointer. It is believed only if its other end has the port that the request says it has.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use ext_php_rs::zend::SapiGlobals;
use rustix::net::getpeername;

use super::framing::Framing;
use super::hand_off::{Parting, Shape};
use super::request;
use super::signals;
use super::socket::{duplicate, is_same};
use super::transport::{Small, Transport, Way};

/// The head of `struct php_cli_server_client`.
#[repr(C)]
struct Client {
    server: *mut u8,
    socket: i32,
}

/// The connection of a request to `php -S`.
struct CliServer(OwnedFd);

/// The transport of this request.
pub(super) fn transport() -> Result<Box<dyn Transport>, &'static str> {
    let fd = duplicate(socket()?).ok_or("the browser's connection is no stream socket")?;
    if !comes_from_the_client(&fd) {
        return Err("the connection is not that of the request");
    }
    Ok(Box::new(CliServer(fd)))
}

fn socket() -> Result<RawFd, &'static str> {
    let context = SapiGlobals::get().server_context.cast::<Client>();
    if context.is_null() || !context.is_aligned() {
        return Err("there is no request of the built-in server");
    }
    // SAFETY: the server context of this SAPI is its client, which lives for the whole request.
    Ok(unsafe { (*context).socket })
}

fn comes_from_the_client(fd: &OwnedFd) -> bool {
    let claimed = request::server_text("REMOTE_PORT").and_then(|port| port.parse().ok());
    let peer = getpeername(fd).ok().flatten();
    let peer = peer.and_then(|peer| std::net::SocketAddr::try_from(peer).ok());
    peer.is_some_and(|peer| Some(peer.port()) == claimed)
}

impl Transport for CliServer {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn way(&self) -> Way {
        Way::Direct(Framing::Raw)
    }

    fn send_small(&self, _: &[u8]) -> Small {
        Small::Later
    }

    fn server_is_stopping(&self) -> bool {
        // Only its signals tell.
        signals::stop_was_asked()
    }

    fn hand_off(&self) -> Result<Parting, &'static str> {
        let descriptor = socket()?;
        if !is_same(descriptor, &self.0) {
            return Err("the request is another one now");
        }
        Ok(Parting { descriptor, shape: Shape::Raw })
    }

    fn describe(&self) -> &'static str {
        "straight to the browser, as raw bytes"
    }
}
