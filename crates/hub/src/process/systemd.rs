//! What systemd is told (`sd_notify(3)`): that the hub listens, that another program begins to go on with it, and
//! that it ends. The process is always the one that systemd has started.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::{env, io};

use rustix::time::{ClockId, clock_gettime};

/// The hub listens.
pub(crate) fn ready() {
    notify("READY=1");
}

/// It does not, until it is ready again.
pub(crate) fn reloading() {
    let now = clock_gettime(ClockId::Monotonic);
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    notify(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
}

/// It ends.
pub(crate) fn stopping() {
    notify("STOPPING=1");
}

/// Tells systemd, if that has started this process.
fn notify(state: &str) {
    // Who has asked for word and does not take it needs none.
    drop(send(state));
}

fn send(state: &str) -> io::Result<()> {
    let Some(place) = env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
    let address = match place.as_encoded_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(&place)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}
