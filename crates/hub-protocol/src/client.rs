//! A blocking client: every call has a deadline, so that a frozen hub costs its caller no more.

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

/// Why a hub has not answered as it should.
#[derive(Debug)]
pub enum ClientError {
    /// The connection failed or was closed.
    Io(io::Error),
    /// The deadline passed.
    TimedOut,
    /// It speaks another language.
    Hello(HelloError),
    /// It sent something that cannot be understood, or it cannot be said.
    Message(MessageError),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the hub cannot be reached: {error}"),
            Self::TimedOut => f.write_str("the hub does not answer"),
            Self::Hello(error) => error.fmt(f),
            Self::Message(error) => write!(f, "the hub is not understood: {error}"),
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
    /// Connects to the hub that listens at `path`, and sends a hello; the hub's is read before its first
    /// reply. Everything that blocks ends at `deadline`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Io`] when nobody listens there.
    pub fn connect(path: &Path, deadline: Instant) -> Result<Self, ClientError> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        let address = SocketAddrUnix::new(path)?;
        // A queue that is full (EAGAIN) cannot be waited for: it is asked again.
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

    /// Waits for what the hub says of itself. To be called before anything is asked.
    ///
    /// # Errors
    ///
    /// [`ClientError`]; the connection is then of no more use.
    pub fn introduction(&mut self, deadline: Instant) -> Result<Introduction, ClientError> {
        loop {
            // Nothing is answered before something is asked.
            drop(self.next_reply()?);
            if let Some(introduction) = &self.introduction {
                return Ok(introduction.clone());
            }
            self.wait(PollFlags::IN, deadline)?;
            self.fill()?;
        }
    }

    /// Asks, with a descriptor if the request needs one, and waits for the answer.
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

    /// Asks without waiting for an answer.
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
            ClientError::Io(_) => self.last_words().unwrap_or(error),
            error => error,
        })
    }

    /// Why the hub has hung up, if it has said so: with the hello of another version.
    fn last_words(&mut self) -> Option<ClientError> {
        self.fill().ok()?;
        self.next_reply().err()
    }

    /// The next reply among what has been read so far.
    ///
    /// # Errors
    ///
    /// [`ClientError::Message`] or [`ClientError::Hello`] when it cannot be understood.
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

    /// Reads what is there, without waiting; to be called when the descriptor is readable.
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

    /// Waits until the hub has closed the connection; what it says before is thrown away.
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
