//! Encodes messages to bytes and decodes them: four bytes of length, then the body.

use std::error::Error;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hello::Hello;

/// The longest body, in bytes: room for the largest event that can be configured.
pub const MAX_MESSAGE: usize = 16 * 1024 * 1024;

/// The largest event that a hub takes by default, in bytes of data.
pub const MAX_EVENT: usize = 8 * 1024 * 1024;

const PREFIX: usize = size_of::<u32>();

/// The memory that a connection keeps for its next message, in bytes; after a longer message the rest is freed.
const KEPT: usize = 16 * 1024;

/// The bytes are no message; nothing that the sender sends after them can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageError {
    /// The length is over the limit: [`MAX_MESSAGE`], as a rule.
    TooLong(usize),
    /// The body is not that of a message.
    Malformed,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(length) => write!(f, "a message of {length} bytes is too long"),
            Self::Malformed => f.write_str("a message is malformed"),
        }
    }
}

impl Error for MessageError {}

/// Encodes a message.
///
/// # Errors
///
/// [`MessageError::TooLong`] when its body would be longer than [`MAX_MESSAGE`].
pub fn encode(message: &impl Serialize) -> Result<Vec<u8>, MessageError> {
    encode_up_to(MAX_MESSAGE, message)
}

/// Encodes a message for a receiver that takes longer ones: [`Messages::up_to`].
///
/// # Errors
///
/// [`MessageError::TooLong`] when its body would be longer than `longest`, or than a four-byte length can express.
pub fn encode_up_to(longest: usize, message: &impl Serialize) -> Result<Vec<u8>, MessageError> {
    let start = vec![0; PREFIX];
    let mut bytes = postcard::to_extend(message, start).map_err(|_| MessageError::Malformed)?;
    let length = bytes.len() - PREFIX;
    let prefix = u32::try_from(length).ok().filter(|_| length <= longest);
    let prefix = prefix.ok_or(MessageError::TooLong(length))?;
    bytes[..PREFIX].copy_from_slice(&prefix.to_le_bytes());
    Ok(bytes)
}

/// Collects bytes as they arrive, and returns whole messages.
#[derive(Debug)]
pub struct Messages {
    bytes: Vec<u8>,
    /// The number of bytes that have been returned as messages.
    read: usize,
    longest: usize,
}

impl Default for Messages {
    fn default() -> Self {
        Self::up_to(MAX_MESSAGE)
    }
}

impl Messages {
    /// Takes messages whose body has at most `longest` bytes.
    #[must_use]
    pub fn up_to(longest: usize) -> Self {
        Self { bytes: Vec::new(), read: 0, longest }
    }

    /// Adds bytes that have arrived.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.forget_what_was_read();
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the next message, if all of it has arrived.
    ///
    /// # Errors
    ///
    /// [`MessageError`]: nothing that follows can be decoded.
    pub fn next_message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, MessageError> {
        let Some((prefix, rest)) = self.rest().split_first_chunk::<PREFIX>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*prefix) as usize;
        if length > self.longest {
            return Err(MessageError::TooLong(length));
        }
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let decoded = postcard::take_from_bytes(body);
        let (message, trailing) = decoded.map_err(|_| MessageError::Malformed)?;
        if !trailing.is_empty() {
            return Err(MessageError::Malformed);
        }
        self.read += PREFIX + length;
        if self.bytes.capacity() > KEPT && self.rest().len() < KEPT {
            self.forget_what_was_read();
            self.bytes.shrink_to(KEPT);
        }
        Ok(Some(message))
    }

    /// Returns the hello that a connection begins with, once all of it has arrived.
    pub fn take_hello(&mut self) -> Option<[u8; Hello::LENGTH]> {
        let hello = *self.rest().first_chunk()?;
        self.read += Hello::LENGTH;
        Some(hello)
    }

    /// Returns the bytes that have arrived and belong to no message yet.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.read..]
    }

    /// The memory that is held, in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    fn forget_what_was_read(&mut self) {
        self.bytes.drain(..self.read);
        self.read = 0;
    }
}
