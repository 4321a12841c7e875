//! The heartbeat: a comment line that keeps an idle connection open.

use std::fmt;

use crate::encode::push_comment;

/// A comment line, which keeps a connection in use and which no client dispatches (WHATWG HTML, 9.2.7 "Authoring
/// notes"). By default it is a bare colon; it can carry a text for clients that choke on a bare one.
///
/// A stream also begins with it, so that the client's `open` fires and proxies forward the head. It ends no event, so
/// it may stand at every line start, also inside an unfinished event. A line starts after LF, and after CR unless LF
/// follows. It must not stand before a byte order mark, which has to come first in its stream.
///
/// ```
/// use event_stream::Heartbeat;
///
/// assert_eq!(Heartbeat::default().line(), b":\n");
/// assert_eq!(Heartbeat::new("keep-alive").unwrap().line(), b": keep-alive\n");
/// assert!(Heartbeat::new("two\nlines").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// The line, and zeros behind it.
    line: [u8; Self::LONGEST_LINE],
    length: u8,
}

impl Heartbeat {
    /// The longest text, in bytes.
    pub const LONGEST_TEXT: usize = 64;

    const LONGEST_LINE: usize = ": \n".len() + Self::LONGEST_TEXT;

    /// A heartbeat of this text; `None` if it is too long, or has control characters.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        if text.len() > Self::LONGEST_TEXT || text.chars().any(char::is_control) {
            return None;
        }
        let mut comment = Vec::with_capacity(Self::LONGEST_LINE);
        push_comment(&mut comment, text.as_bytes());
        let mut line = [0; Self::LONGEST_LINE];
        line.get_mut(..comment.len())?.copy_from_slice(&comment);
        Some(Self { line, length: u8::try_from(comment.len()).ok()? })
    }

    /// The line, with its line feed.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        &self.line[..usize::from(self.length)]
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        let mut line = [0; Self::LONGEST_LINE];
        line[..2].copy_from_slice(b":\n");
        Self { line, length: 2 }
    }
}

impl fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heartbeat({:?})", String::from_utf8_lossy(self.line()))
    }
}
