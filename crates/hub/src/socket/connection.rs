//! One connection to the control socket: bytes in, messages out, and the other way round.

use std::os::fd::OwnedFd;
use std::time::Instant;

use hub_protocol::{
    Hello, HelloError, MessageError, Messages, Reply, Request, Response, Subscription, encode,
    socket,
};
use rustix::io::Errno;

use crate::core::Cursor;
use crate::leases::Lease;

/// How much is read at a time.
const READ: usize = 64 * 1024;

/// How many bytes of answers may wait before no more is asked of who does not read them.
const UNSENT: usize = 1024 * 1024;

/// A connection, and what was begun on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) socket: OwnedFd,
    messages: Messages,
    greeted: bool,
    output: Vec<u8>,
    /// What has come with the messages that are not yet read.
    descriptors: Vec<OwnedFd>,
    /// Until when an answer is awaited from elsewhere: what was asked after that waits, too.
    pub(crate) waits_until: Option<Instant>,
    /// A client connection that was accepted, and waits for its commit.
    pub(crate) accepted: Option<Accepted>,
    /// The places that the next stream of this connection has.
    pub(crate) lease: Option<Lease>,
}

/// A client connection that is not ours yet.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) socket: OwnedFd,
    pub(crate) subscription: Subscription,
    pub(crate) response: Response,
    pub(crate) cursor: Cursor,
}

/// Why a connection ends.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The other side has closed it.
    Closed,
    /// It has said something that is not understood.
    Garbage(String),
}

impl From<MessageError> for Ended {
    fn from(error: MessageError) -> Self {
        Self::Garbage(error.to_string())
    }
}

impl From<HelloError> for Ended {
    fn from(error: HelloError) -> Self {
        Self::Garbage(error.to_string())
    }
}

impl Connection {
    /// A connection to somebody who has just come, and is said this first.
    pub(crate) fn new(socket: OwnedFd, greeting: &[u8]) -> Self {
        Self {
            socket,
            messages: Messages::default(),
            greeted: false,
            output: greeting.to_vec(),
            descriptors: Vec::new(),
            waits_until: None,
            accepted: None,
            lease: None,
        }
    }

    /// A connection that another hub has had.
    pub(crate) fn restored(
        socket: OwnedFd,
        greeted: bool,
        unread: &[u8],
        unsent: Vec<u8>,
        lease: Option<Lease>,
    ) -> Self {
        let mut messages = Messages::default();
        messages.feed(unread);
        Self { messages, greeted, output: unsent, lease, ..Self::new(socket, &[]) }
    }

    /// Whether it has been greeted, what it has said that was not yet understood, and what is to be said to
    /// it.
    pub(crate) fn state(&self) -> (bool, &[u8], &[u8]) {
        (self.greeted, self.messages.rest(), &self.output)
    }

    /// What has come with the messages that are not yet read.
    pub(crate) fn descriptors(&self) -> &[OwnedFd] {
        &self.descriptors
    }

    /// Adds to these.
    pub(crate) fn add_descriptor(&mut self, descriptor: OwnedFd) {
        self.descriptors.push(descriptor);
    }

    /// Reads what is there; whether there may be more.
    ///
    /// # Errors
    ///
    /// [`Ended`] when there is nothing more to come.
    pub(crate) fn fill(&mut self, buffer: &mut Vec<u8>) -> Result<(), Ended> {
        buffer.resize(READ, 0);
        match socket::receive(&self.socket, buffer) {
            Ok(received) if received.length == 0 => Err(Ended::Closed),
            Ok(received) => {
                self.messages.feed(&buffer[..received.length]);
                self.descriptors.extend(received.descriptors);
                if self.descriptors.len() > 1 {
                    return Err(Ended::Garbage("more than one descriptor came at once".to_owned()));
                }
                Ok(())
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(_) => Err(Ended::Closed),
        }
    }

    /// The next request, if it has arrived, and if the answers to those before it are being read.
    ///
    /// # Errors
    ///
    /// [`Ended::Garbage`].
    pub(crate) fn next_request(&mut self) -> Result<Option<Request>, Ended> {
        if !self.greeted {
            let Some(hello) = self.messages.take_hello() else { return Ok(None) };
            Hello::check(hello)?;
            self.greeted = true;
        }
        if self.must_wait() {
            return Ok(None);
        }
        Ok(self.messages.next_message()?)
    }

    fn must_wait(&self) -> bool {
        self.waits_until.is_some() || self.output.len() > UNSENT
    }

    /// Whether more is to be read from it: not while it has to wait, and has asked a lot already.
    pub(crate) fn is_heard(&self) -> bool {
        !self.must_wait() || self.messages.rest().len() < READ
    }

    /// The descriptor that came with the request.
    pub(crate) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptors.pop()
    }

    /// Queues an answer.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        // No answer is as long as the longest message.
        self.output.extend(encode(reply).unwrap_or_default());
    }

    /// Queues the answer that was awaited from elsewhere.
    pub(crate) fn answer(&mut self, reply: &Reply) {
        self.waits_until = None;
        self.reply(reply);
    }

    /// Sends what waits; whether all is sent.
    ///
    /// # Errors
    ///
    /// [`Ended::Closed`].
    pub(crate) fn flush(&mut self) -> Result<bool, Ended> {
        while !self.output.is_empty() {
            match socket::send(&self.socket, &self.output, None) {
                Ok(sent) => drop(self.output.drain(..sent)),
                Err(Errno::AGAIN) => return Ok(false),
                Err(_) => return Err(Ended::Closed),
            }
        }
        Ok(true)
    }

    /// The socket, and what is to be sent on it yet: for a worker that only listens from now on.
    pub(crate) fn into_subscriber(self) -> (OwnedFd, Vec<u8>, Option<Lease>) {
        (self.socket, self.output, self.lease)
    }
}
