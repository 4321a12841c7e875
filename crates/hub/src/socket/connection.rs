//! One connection to the control socket: its bytes, messages and descriptors.

use std::os::fd::OwnedFd;
use std::time::Instant;

use hub_protocol::{
    Hello, HelloError, MessageError, Messages, Reply, Request, Response, Subscription, encode,
    socket,
};
use rustix::io::Errno;

use crate::core::Cursor;
use crate::leases::Lease;

/// The number of bytes that are read at a time.
const READ: usize = 64 * 1024;

/// The most bytes of replies that may wait before the peer's further requests do.
const UNSENT: usize = 1024 * 1024;

/// A connection, and what was begun on it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) socket: OwnedFd,
    messages: Messages,
    greeted: bool,
    output: Vec<u8>,
    /// The descriptors of messages that were not processed yet.
    descriptors: Vec<OwnedFd>,
    /// The time limit of a reply that Redis owes; later requests wait, too.
    pub(crate) waits_until: Option<Instant>,
    /// A client connection that was accepted, and waits for its commit.
    pub(crate) accepted: Option<Accepted>,
    /// The lease of the next stream of this connection.
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

/// The reason why a connection ends.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The peer has closed it.
    Closed,
    /// The peer has sent something that is no request.
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
    /// A connection to a new peer, which is sent this greeting.
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

    /// Restores a connection of the program before.
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

    /// Returns if it has sent its hello, its bytes that were not processed yet, and those to be sent.
    pub(crate) fn state(&self) -> (bool, &[u8], &[u8]) {
        (self.greeted, self.messages.rest(), &self.output)
    }

    /// The descriptors of messages that were not processed yet.
    pub(crate) fn descriptors(&self) -> &[OwnedFd] {
        &self.descriptors
    }

    /// Adds a descriptor to these.
    pub(crate) fn add_descriptor(&mut self, descriptor: OwnedFd) {
        self.descriptors.push(descriptor);
    }

    /// Reads what has arrived.
    ///
    /// # Errors
    ///
    /// [`Ended`] when nothing more can arrive.
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

    /// Returns the next request, if it has arrived, and if the peer reads the replies to those before.
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

    /// True if more is to be read from it: not while it has to wait and much has arrived already.
    pub(crate) fn is_heard(&self) -> bool {
        !self.must_wait() || self.messages.rest().len() < READ
    }

    /// Returns the descriptor that came with the request.
    pub(crate) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptors.pop()
    }

    /// Queues a reply.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        // No reply is as long as the longest message.
        self.output.extend(encode(reply).unwrap_or_default());
    }

    /// Queues the reply that Redis owed.
    pub(crate) fn answer(&mut self, reply: &Reply) {
        self.waits_until = None;
        self.reply(reply);
    }

    /// Sends what is queued; returns true if all was sent.
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

    /// Returns the socket, the bytes to be sent on it first, and the lease: for a worker that only receives from now
    /// on.
    pub(crate) fn into_subscriber(self) -> (OwnedFd, Vec<u8>, Option<Lease>) {
        (self.socket, self.output, self.lease)
    }
}
