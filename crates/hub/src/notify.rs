//! What systemd is told (`sd_notify(3)`): that the hub listens, and which process it is after an upgrade.

use std::{
    env, io,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
};

/// Tells systemd, if that has started this process.
pub(crate) fn notify(state: &str) {
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
