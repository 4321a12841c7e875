//! The port that Prometheus asks, by HTTP: one answer to whatever is asked, and the end.
//!
//! The invariant: nobody who connects there holds anything up. What is asked is not read beyond the
//! first bytes; an answer that does not go out at once does not go out.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use rustix::net::sockopt;

/// How long who asks may take, to ask and to listen.
const PATIENCE: Duration = Duration::from_millis(20);

/// Room for the whole answer in the connection, so that to write it never waits.
const ROOM: usize = 64 * 1024;

/// A port for Prometheus.
#[derive(Debug)]
pub(super) struct Scrapes(TcpListener);

impl Scrapes {
    /// Listens there.
    ///
    /// # Errors
    ///
    /// When that cannot be.
    pub(super) fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    pub(super) fn socket(&self) -> &TcpListener {
        &self.0
    }

    /// Answers the next who asks, if there is one.
    pub(super) fn answer(&self, metrics: impl FnOnce() -> String) {
        if let Ok((connection, _)) = self.0.accept() {
            // Who has gone away needs no answer.
            drop(answer(connection, &metrics()));
        }
    }
}

fn answer(mut connection: TcpStream, metrics: &str) -> io::Result<()> {
    connection.set_nonblocking(false)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    sockopt::set_socket_send_buffer_size(&connection, ROOM)?;
    // To close before it is read would be a reset, and the answer lost.
    let _ = connection.read(&mut [0; 4096])?;
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{metrics}",
        metrics.len()
    )
}
