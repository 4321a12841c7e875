//! A socket on which every wait has an end.
//!
//! The invariant: reading and writing end at the deadline. It moves on only with bytes that have come or
//! gone, and not for a few: who sends one now and then has nobody wait for the rest.

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

/// How many bytes have a deadline move on.
const PROGRESS: usize = 64 * 1024;

/// When the system asks whether the other end is still there, and when it gives up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const GIVE_UP: Duration = Duration::from_secs(10);

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

#[derive(Debug)]
pub(crate) struct Socket {
    stream: Stream,
    patience: Duration,
    deadline: Instant,
    /// How many bytes have passed since the deadline was set.
    passed: usize,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// Connects within this time.
    pub(crate) fn connect(address: &Address, patience: Duration) -> io::Result<Self> {
        let deadline = Instant::now() + patience;
        let stream = match address {
            Address::Tcp(host, port) => Stream::Tcp(connect_tcp(host, *port, deadline)?),
            Address::Unix(path) => Stream::Unix(connect_unix(path, patience)?),
        };
        Ok(Self { stream, patience, deadline, passed: 0 })
    }

    /// What is done next has so long from now on.
    pub(crate) fn allow(&mut self, patience: Duration) {
        (self.patience, self.passed) = (patience, 0);
        self.deadline = Instant::now() + patience;
    }

    /// Whether bytes have come, or the other end has hung up or is lost.
    pub(crate) fn has_news(&self) -> bool {
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

    fn pass(&mut self, bytes: usize) {
        self.passed += bytes;
        if self.passed >= PROGRESS {
            self.allow(self.patience);
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.stream {
            Stream::Tcp(stream) => stream.as_fd(),
            Stream::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let remaining = Some(self.remaining()?);
        let read = match &mut self.stream {
            Stream::Tcp(stream) => {
                stream.set_read_timeout(remaining).and_then(|()| stream.read(to))
            }
            Stream::Unix(stream) => {
                stream.set_read_timeout(remaining).and_then(|()| stream.read(to))
            }
        }?;
        self.pass(read);
        Ok(read)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let remaining = Some(self.remaining()?);
        let written = match &mut self.stream {
            Stream::Tcp(stream) => {
                stream.set_write_timeout(remaining).and_then(|()| stream.write(bytes))
            }
            Stream::Unix(stream) => {
                stream.set_write_timeout(remaining).and_then(|()| stream.write(bytes))
            }
        }?;
        self.pass(written);
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
            Ok(stream) => return prepare(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn prepare(stream: TcpStream) -> io::Result<TcpStream> {
    // A publication is small and waited for: it must not wait for others to fill a packet.
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(&stream, true)?;
    sockopt::set_tcp_keepidle(&stream, KEEP_ALIVE)?;
    let give_up = u32::try_from(GIVE_UP.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_user_timeout(&stream, give_up)?;
    Ok(stream)
}

/// The wait for a place in the queue of a server that does not accept ends, too.
fn connect_unix(path: &Path, patience: Duration) -> io::Result<UnixStream> {
    let address = SocketAddrUnix::new(path)?;
    let socket: OwnedFd =
        socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(patience))?;
    connect(&socket, &address)?;
    Ok(socket.into())
}
