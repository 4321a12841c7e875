//! A blocking client of the hub: every call has a deadline, so a frozen hub cannot block its caller.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use crate::codec::{MessageError, Messages, encode};
use crate::hello::{Hello, HelloError};
use crate::message::{Introduction, Reply, Request};
use crate::socket;

/// A connection to a hub.
#[derive(Debug)]
pub struct Client {
    socket: OwnedFd,
    replies: Messages,
    greeted: bool,
    introduction: Option<Introduction>,
}

/// The reason why a hub has not answered as it should.
#[derive(Debug)]
pub enum ClientError {
    /// The connection failed or was closed.
    Io(io::Error),
    /// The deadline passed.
    TimedOut,
    /// It speaks another version of the protocol, or another protocol.
    Hello(HelloError),
    /// It sent a message that cannot be decoded, or the request cannot be encoded.
    Message(MessageError),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the hub cannot be reached: {error}"),
            Self::TimedOut => f.write_str("the hub does not answer"),
            Self::Hello(error) => error.fmt(f),
            Self::Message(error) => write!(f, "talking to the hub failed: {error}"),
        }
    }
}

impl Error for ClientError {}

impl From<Errno> for ClientError {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl Client {
    /// Connects to the hub that listens at `path`, and sends our hello; the hub's hello is read before its first
    /// reply. No call blocks beyond `deadline`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Io`] when nobody listens there.
    pub fn connect(path: &Path, deadline: Instant) -> Result<Self, ClientError> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        let address = SocketAddrUnix::new(path)?;
        // The kernel cannot wait for room in a full backlog (EAGAIN), so try again.
        while let Err(error) = connect(&socket, &address) {
            match error {
                Errno::AGAIN if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Errno::AGAIN => return Err(ClientError::TimedOut),
                error => return Err(error.into()),
            }
        }
        let mut client =
            Self { socket, replies: Messages::default(), greeted: false, introduction: None };
        client.write(&Hello::OURS.to_bytes(), None, deadline)?;
        Ok(client)
    }

    /// Waits for the hub's introduction. Call it before any request.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; the connection is then of no more use.
    pub fn introduction(&mut self, deadline: Instant) -> Result<Introduction, ClientError> {
        loop {
            // The hub replies to requests only, and there has been none.
            drop(self.next_reply()?);
            if let Some(introduction) = &self.introduction {
                return Ok(introduction.clone());
            }
            self.wait(PollFlags::IN, deadline)?;
            self.fill()?;
        }
    }

    /// Sends a request, with a descriptor if the request needs one, and waits for the reply.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; the connection is then of no more use.
    pub fn call(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        deadline: Instant,
    ) -> Result<Reply, ClientError> {
        self.send(request, descriptor, deadline)?;
        loop {
            if let Some(reply) = self.next_reply()? {
                return Ok(reply);
            }
            self.wait(PollFlags::IN, deadline)?;
            self.fill()?;
        }
    }

    /// Sends a request and does not wait for a reply.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; the connection is then of no more use.
    pub fn send(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        deadline: Instant,
    ) -> Result<(), ClientError> {
        let bytes = encode(request).map_err(ClientError::Message)?;
        self.write(&bytes, descriptor, deadline).map_err(|error| match error {
            ClientError::Io(_) => self.close_reason().unwrap_or(error),
            error => error,
        })
    }

    /// Returns why the hub has closed the connection, if it has sent a reason: the hello of another version.
    fn close_reason(&mut self) -> Option<ClientError> {
        self.fill().ok()?;
        self.next_reply().err()
    }

    /// Returns the next reply among the bytes read so far.
    ///
    /// # Errors
    ///
    /// [`ClientError::Message`] or [`ClientError::Hello`] when it cannot be decoded.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, ClientError> {
        if !self.greeted {
            let Some(hello) = self.replies.take_hello() else { return Ok(None) };
            Hello::check(hello).map_err(ClientError::Hello)?;
            self.greeted = true;
        }
        if self.introduction.is_none() {
            self.introduction = self.replies.next_message().map_err(ClientError::Message)?;
        }
        if self.introduction.is_none() {
            return Ok(None);
        }
        self.replies.next_message().map_err(ClientError::Message)
    }

    /// Reads the bytes that have arrived, without waiting. Call it when the descriptor is readable.
    ///
    /// # Errors
    ///
    /// [`ClientError::Io`] when the hub has closed the connection.
    pub fn fill(&mut self) -> Result<(), ClientError> {
        let mut buffer = [0; 16 * 1024];
        match socket::receive(&self.socket, &mut buffer) {
            Ok(received) if received.length == 0 => {
                Err(ClientError::Io(ErrorKind::UnexpectedEof.into()))
            }
            Ok(received) => {
                self.replies.feed(&buffer[..received.length]);
                Ok(())
            }
            Err(Errno::AGAIN) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the hub has closed the connection, and discards whatever it still sends.
    ///
    /// # Errors
    ///
    /// [`ClientError::TimedOut`].
    pub fn wait_for_end(&mut self, deadline: Instant) -> Result<(), ClientError> {
        loop {
            self.wait(PollFlags::IN, deadline)?;
            match self.fill() {
                Err(ClientError::Io(_)) => return Ok(()),
                other => other?,
            }
            self.replies = Messages::default();
        }
    }

    fn write(
        &mut self,
        mut bytes: &[u8],
        mut descriptor: Option<BorrowedFd<'_>>,
        deadline: Instant,
    ) -> Result<(), ClientError> {
        while !bytes.is_empty() {
            match socket::send(&self.socket, bytes, descriptor) {
                Ok(sent) => {
                    bytes = &bytes[sent..];
                    descriptor = None;
                }
                Err(Errno::AGAIN) => self.wait(PollFlags::OUT, deadline)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn wait(&self, events: PollFlags, deadline: Instant) -> Result<(), ClientError> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(|_| ClientError::TimedOut)?;
            match poll(&mut [PollFd::new(&self.socket, events)], Some(&left)) {
                Ok(0) => return Err(ClientError::TimedOut),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AsFd for Client {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
