//! The values of fields, each checked once and then a type.
//!
//! The encoder takes only these types, so no value can break out of its line.

use std::error::Error;
use std::fmt;

use memchr::memchr3;

use crate::encode::{push_comment, push_field};

/// The reason why bytes cannot be the value of a field of one line.
///
/// Its text goes after the name of the value: "the id *must not contain line breaks*".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldError {
    /// There is a CR or LF, which would end the field and start another.
    LineBreak,
    /// There is a NUL, for which the client would ignore an `id`.
    Nul,
    /// The bytes are not UTF-8, the one encoding of an event stream.
    InvalidUtf8,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LineBreak => "must not contain line breaks",
            Self::Nul => "must not contain any null bytes",
            Self::InvalidUtf8 => "must be valid UTF-8",
        })
    }
}

impl Error for FieldError {}

/// The value of an `event` field: the kind of event the client dispatches, for which its
/// `addEventListener` listens. Empty means the default, `message`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventType<'a>(&'a str);

impl EventType<'static> {
    /// The type of the event that tells a client its position; see [`Position`](crate::Position).
    pub const POSITION: Self = EventType("sse:position");
}

impl<'a> EventType<'a> {
    /// # Errors
    /// A [`FieldError`] for CR, LF, NUL, or bytes that are not UTF-8.
    pub fn new(value: &'a [u8]) -> Result<Self, FieldError> {
        one_line(value).map(Self)
    }

    /// The event type.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// True if the type begins with `sse:`. Such an event is about the stream itself, as a
    /// [`Position`](crate::Position) is; scripts may not send one.
    #[must_use]
    pub fn is_reserved(self) -> bool {
        self.0.starts_with("sse:")
    }
}

/// The value of an `id` field: the client's last event ID, which it sends back in `Last-Event-ID`
/// when it reconnects. Empty resets it, and no header is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId<'a>(&'a str);

impl<'a> EventId<'a> {
    /// # Errors
    /// A [`FieldError`] for CR, LF, NUL, or bytes that are not UTF-8.
    pub fn new(value: &'a [u8]) -> Result<Self, FieldError> {
        one_line(value).map(Self)
    }

    /// The ID.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

/// The value of a `retry` field: the reconnection time, in milliseconds, that a client waits
/// before it reconnects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Retry(u64);

impl Retry {
    /// A reconnection time of `millis` milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The reconnection time in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Appends the line alone, without the blank one that would end an event: clients take it as it is, and
    /// many dispatch something at every blank line. `out` must end at a line start.
    pub fn encode_into(self, out: &mut Vec<u8>) {
        push_field(out, "retry: ", &self.0.to_string());
    }

    /// Reads ASCII digits. `None` for anything else, and for more milliseconds than 64 bits hold,
    /// which no client could mean.
    pub(crate) fn from_digits(digits: &str) -> Option<Self> {
        // parse() alone would also take a plus sign.
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number).map(Self)
    }
}

/// A comment: any bytes, of which each line becomes a comment line. Clients ignore it, but it shows
/// in the raw stream and keeps the connection in use.
///
/// Without a blank line at its end it may stand wherever a [`Heartbeat`](crate::Heartbeat) may.
///
/// ```
/// use event_stream::Comment;
///
/// let mut stream = Vec::new();
/// Comment::new(b"one\ntwo").encode_into(&mut stream);
/// assert_eq!(stream, b": one\n: two\n");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Comment<'a>(&'a [u8]);

impl<'a> Comment<'a> {
    /// A comment of any bytes; there are none it could not hold.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    /// Appends the comment lines; an empty comment is one empty comment line. What is not UTF-8
    /// becomes U+FFFD. `out` must end at a line start.
    pub fn encode_into(self, out: &mut Vec<u8>) {
        push_comment(out, self.0);
    }
}

fn one_line(value: &[u8]) -> Result<&str, FieldError> {
    match memchr3(b'\r', b'\n', b'\0', value).map(|at| value[at]) {
        Some(b'\0') => Err(FieldError::Nul),
        Some(_) => Err(FieldError::LineBreak),
        None => str::from_utf8(value).map_err(|_| FieldError::InvalidUtf8),
    }
}
