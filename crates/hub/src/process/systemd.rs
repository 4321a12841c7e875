//! Notifies systemd (`sd_notify(3)`): ready, upgrading, stopping.
//!
//! The process is always the one that systemd has started.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::{env, io};

use rustix::time::{ClockId, clock_gettime};

/// Notifies that the hub listens.
pub(crate) fn ready() {
    notify("READY=1");
}

/// Notifies that the hub is upgrading, until it is ready again.
pub(crate) fn reloading() {
    let now = clock_gettime(ClockId::Monotonic);
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    notify(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
}

/// Notifies that the hub is stopping.
pub(crate) fn stopping() {
    notify("STOPPING=1");
}

/// Sends a state to systemd, if that has started this process.
fn notify(state: &str) {
    // If systemd does not take it, there is nothing to do.
    drop(send(state));
}

fn send(state: &str) -> io::Result<()> {
    let Some(socket) = env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let address = match socket.as_encoded_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(&socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}
