//! A TCP or Unix socket on which every wait ends at a deadline.
//!
//! The invariant: reading and writing end at the deadline. It is extended only after [`PROGRESS`] bytes were
//! transferred: a peer that sends a byte now and then cannot keep anybody waiting.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv, socket_with,
    sockopt,
};

/// The number of bytes that extend the deadline.
const PROGRESS: usize = 64 * 1024;

/// TCP keepalive probes begin after so long without traffic. A connection is dropped after so long without
/// an acknowledgement.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(15);
const USER_TIMEOUT: Duration = Duration::from_secs(10);

/// The address of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

#[derive(Debug)]
pub(crate) struct Socket {
    stream: Inner,
    timeout: Duration,
    deadline: Instant,
    /// The number of bytes since the deadline was set.
    transferred: usize,
}

#[derive(Debug)]
enum Inner {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Connects within this time.
    pub(crate) fn connect(address: &Address, timeout: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + timeout;
        let stream = match address {
            Address::Tcp(host, port) => Inner::Tcp(connect_tcp(host, *port, deadline)?),
            Address::Unix(path) => Inner::Unix(connect_unix(path, timeout)?),
        };
        Ok(Self { stream, timeout, deadline, transferred: 0 })
    }

    /// Gives the next operation this much time.
    pub(crate) fn reset_deadline(&mut self, timeout: Duration) {
        (self.timeout, self.transferred) = (timeout, 0);
        self.deadline = Instant::now() + timeout;
    }

    /// True if bytes have arrived, or the connection is closed or lost. Does not wait.
    pub(crate) fn is_readable(&self) -> bool {
        let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
        loop {
            match recv(self.as_fd(), &mut [0_u8; 1], flags) {
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return false,
                _ => return true,
            }
        }
    }

    fn remaining(&self) -> io::Result<Duration> {
        let remaining = self.deadline.checked_duration_since(Instant::now());
        remaining.filter(|left| !left.is_zero()).ok_or_else(|| io::ErrorKind::TimedOut.into())
    }

    fn note_progress(&mut self, bytes: usize) {
        self.transferred += bytes;
        if self.transferred >= PROGRESS {
            self.reset_deadline(self.timeout);
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.stream {
            Inner::Tcp(stream) => stream.as_fd(),
            Inner::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let remaining = Some(self.remaining()?);
        let read = match &mut self.stream {
            Inner::Tcp(stream) => stream.set_read_timeout(remaining).and_then(|()| stream.read(to)),
            Inner::Unix(stream) => {
                stream.set_read_timeout(remaining).and_then(|()| stream.read(to))
            }
        }?;
        self.note_progress(read);
        Ok(read)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let remaining = Some(self.remaining()?);
        let written = match &mut self.stream {
            Inner::Tcp(stream) => {
                stream.set_write_timeout(remaining).and_then(|()| stream.write(bytes))
            }
            Inner::Unix(stream) => {
                stream.set_write_timeout(remaining).and_then(|()| stream.write(bytes))
            }
        }?;
        self.note_progress(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn connect_tcp(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "its host has no address");
    for address in (host, port).to_socket_addrs()? {
        let left = deadline.saturating_duration_since(Instant::now());
        match TcpStream::connect_timeout(&address, left.max(Duration::from_millis(1))) {
            Ok(stream) => return set_options(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn set_options(stream: TcpStream) -> io::Result<TcpStream> {
    // A publication is small and waited for: it must not wait for others to fill a packet.
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(&stream, true)?;
    sockopt::set_tcp_keepidle(&stream, KEEPALIVE_IDLE)?;
    let user_timeout = u32::try_from(USER_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_user_timeout(&stream, user_timeout)?;
    Ok(stream)
}

/// Connects with a timeout on the wait for room in the backlog of a server that does not accept.
fn connect_unix(path: &Path, timeout: Duration) -> io::Result<UnixStream> {
    let address = SocketAddrUnix::new(path)?;
    let socket: OwnedFd =
        socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(timeout))?;
    connect(&socket, &address)?;
    Ok(socket.into())
}
