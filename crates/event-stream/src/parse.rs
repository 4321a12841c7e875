//! The incremental parser: the client's side of the standard, fed in chunks.
//!
//! It follows WHATWG HTML, 9.2.5 "Parsing an event stream" and 9.2.6 "Interpreting an event stream".
//!
//! The invariant: it does not matter where chunks end. The parser takes whole lines, so a chunk may cut a character,
//! a CRLF or a byte order mark; only the bytes behind the last line end are kept for the next chunk. Each byte is
//! looked at a fixed number of times, even if each is a chunk of its own.

use std::error::Error;
use std::{fmt, mem};

use memchr::{memchr, memchr2};

use crate::decode::decode;
use crate::field::Retry;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const FIELDS: [&[u8]; 4] = [b"data:", b"event:", b"id:", b"retry:"];
const LONGEST_FIELD: usize = "event:".len();
/// Stands in for a line that can only be ignored, and is itself ignored: it is a comment.
const IGNORED_LINE: &[u8] = b":";
const DEFAULT_MAX_EVENT_SIZE: usize = 16 * 1024 * 1024;

/// An incremental parser of event streams.
///
/// It takes any bytes: what is no field of the standard is ignored, what is not UTF-8 becomes
/// U+FFFD, and an event without the blank line at its end is never dispatched.
///
/// ```
/// use event_stream::Parser;
///
/// # fn main() -> Result<(), event_stream::EventTooLarge> {
/// let mut parser = Parser::new();
/// let mut events = Vec::new();
/// parser.feed(b"event: add\nid: 7\ndata: 73857293\n\ndata: unfin", |event| events.push(event))?;
/// assert_eq!(events.len(), 1);
/// assert_eq!(events[0].event.as_deref(), Some("add"));
/// assert_eq!(events[0].data, "73857293");
/// assert_eq!(parser.last_event_id(), "7");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Parser {
    max_event_size: usize,
    at_stream_start: bool,
    after_cr: bool,
    /// The unfinished line, or its first bytes if they are all that matters.
    line: Vec<u8>,
    block: Block,
    /// The block is too large: nothing of it is taken up to the blank line.
    skipping: bool,
    last_event_id: String,
    retry: Option<Retry>,
}

/// The fields of the lines since the last blank line.
#[derive(Clone, Debug, Default)]
struct Block {
    /// Bytes of the lines that went into it.
    size: usize,
    /// Each `data` line, and a line feed after each.
    data: String,
    event: Option<String>,
    id: Option<String>,
    retry: Option<Retry>,
}

/// An event as the client dispatches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedEvent {
    /// The `data` lines, joined by LF.
    pub data: String,
    /// The event type; `None` is the default, `message`.
    pub event: Option<String>,
    /// The `id` of this very block, if it has one. [`Parser::last_event_id`] is what the client remembers over all
    /// blocks.
    pub id: Option<String>,
    /// The `retry` of this very block, if it has one.
    pub retry: Option<Retry>,
}

/// An event was larger than the parser may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTooLarge {
    /// The size, in bytes, that an event may have.
    pub limit: usize,
}

impl fmt::Display for EventTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event of the stream is larger than {} bytes", self.limit)
    }
}

impl Error for EventTooLarge {}

impl Default for Parser {
    fn default() -> Self {
        Self::with_max_event_size(DEFAULT_MAX_EVENT_SIZE)
    }
}

impl Parser {
    /// A parser at the start of a stream, for events of at most 16 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A parser at the start of a stream, for events of at most `bytes` bytes, counting the lines
    /// of their fields without line ends; comments and unknown fields do not count. Between two
    /// chunks, a parser holds no more than a small multiple of this.
    #[must_use]
    pub fn with_max_event_size(bytes: usize) -> Self {
        Self {
            max_event_size: bytes,
            at_stream_start: true,
            after_cr: false,
            line: Vec::new(),
            block: Block::default(),
            skipping: false,
            last_event_id: String::new(),
            retry: None,
        }
    }

    /// Takes the next bytes of the stream, and calls `on_event` for each event that they complete.
    ///
    /// # Errors
    /// [`EventTooLarge`] once for an event over the limit, as soon as it is. It is left out, with
    /// its `id`; the chunk is taken to its end all the same, other events are dispatched, and the
    /// next chunk may follow.
    pub fn feed(
        &mut self,
        chunk: &[u8],
        mut on_event: impl FnMut(ParsedEvent),
    ) -> Result<(), EventTooLarge> {
        let mut rest = self.take_byte_order_mark(chunk);
        let mut result = Ok(());
        loop {
            rest = self.take_lf_of_crlf(rest);
            let Some(end) = memchr2(b'\r', b'\n', rest) else { break };
            self.after_cr = rest[end] == b'\r';
            match self.end_line(&rest[..end]) {
                Ok(Some(event)) => on_event(event),
                Ok(None) => {}
                Err(error) => result = Err(error),
            }
            rest = &rest[end + 1..];
        }
        result.and(self.keep(rest))
    }

    /// The last event ID: what a client would send as `Last-Event-ID`, if it is not empty. It is
    /// set when the block it stands in ends, also if that has no data.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The reconnection time, if the stream has set one.
    #[must_use]
    pub fn retry(&self) -> Option<Retry> {
        self.retry
    }

    /// Ends the stream: an unfinished event is dropped, and the next chunk is the first of another
    /// stream. Last event ID and reconnection time outlive the stream, as they do in a client that
    /// reconnects.
    pub fn reset(&mut self) {
        *self = Self {
            last_event_id: mem::take(&mut self.last_event_id),
            retry: self.retry,
            ..Self::with_max_event_size(self.max_event_size)
        };
    }

    fn take_byte_order_mark<'c>(&mut self, mut chunk: &'c [u8]) -> &'c [u8] {
        while self.at_stream_start
            && let Some((&byte, rest)) = chunk.split_first()
        {
            if byte != BYTE_ORDER_MARK[self.line.len()] {
                // Whatever was taken for its beginning is the beginning of the first line.
                self.at_stream_start = false;
                break;
            }
            chunk = rest;
            self.line.push(byte);
            if self.line == BYTE_ORDER_MARK {
                self.line.clear();
                self.at_stream_start = false;
            }
        }
        chunk
    }

    /// A CR has ended its line at once, as no more might ever come; an LF right after it is part
    /// of the same line end.
    fn take_lf_of_crlf<'c>(&mut self, rest: &'c [u8]) -> &'c [u8] {
        if rest.is_empty() || !mem::take(&mut self.after_cr) {
            return rest;
        }
        rest.strip_prefix(b"\n").unwrap_or(rest)
    }

    /// Keeps the start of a line until the rest of it comes.
    fn keep(&mut self, part: &[u8]) -> Result<(), EventTooLarge> {
        if part.is_empty() || self.line == IGNORED_LINE {
            return Ok(());
        }
        self.line.extend_from_slice(part);
        if self.skipping || is_ignored(&self.line) {
            self.line = IGNORED_LINE.to_vec();
        } else if self.line.len() >= LONGEST_FIELD && !self.has_room_for(self.line.len()) {
            // A shorter line may yet turn out to be one that does not count.
            self.line = IGNORED_LINE.to_vec();
            return Err(self.skip_block());
        }
        Ok(())
    }

    fn end_line(&mut self, end: &[u8]) -> Result<Option<ParsedEvent>, EventTooLarge> {
        if self.line.is_empty() {
            return self.process_line(end);
        }
        let mut line = mem::take(&mut self.line);
        line.extend_from_slice(end);
        self.process_line(&line)
    }

    fn process_line(&mut self, line: &[u8]) -> Result<Option<ParsedEvent>, EventTooLarge> {
        if line.is_empty() {
            return Ok(self.dispatch());
        }
        if self.skipping || is_ignored(line) {
            return Ok(None);
        }
        if !self.has_room_for(line.len()) {
            return Err(self.skip_block());
        }
        self.block.size += line.len();
        let (name, value) = split_field(line);
        self.process_field(name, value);
        Ok(None)
    }

    fn process_field(&mut self, name: &[u8], value: &[u8]) {
        let value = decode(value);
        match name {
            b"data" => {
                self.block.data.push_str(&value);
                self.block.data.push('\n');
            }
            b"event" => self.block.event = Some(value.into_owned()),
            b"id" if !value.contains('\0') => self.block.id = Some(value.into_owned()),
            b"retry" => {
                if let Some(retry) = Retry::from_digits(&value) {
                    self.block.retry = Some(retry);
                    self.retry = Some(retry);
                }
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<ParsedEvent> {
        self.skipping = false;
        let Block { mut data, event, id, retry, .. } = mem::take(&mut self.block);
        if let Some(id) = &id {
            self.last_event_id.clone_from(id);
        }
        // The line feed after the last line; without one there was no data, and so no event.
        data.pop()?;
        Some(ParsedEvent { data, event: event.filter(|event| !event.is_empty()), id, retry })
    }

    fn has_room_for(&self, line: usize) -> bool {
        line <= self.max_event_size - self.block.size
    }

    fn skip_block(&mut self) -> EventTooLarge {
        self.block = Block::default();
        self.skipping = true;
        EventTooLarge { limit: self.max_event_size }
    }
}

/// True if a line that starts with `start` can only be ignored: a comment, or an unknown field.
fn is_ignored(start: &[u8]) -> bool {
    !FIELDS.iter().any(|field| start.starts_with(field) || field.starts_with(start))
}

fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    let Some(colon) = memchr(b':', line) else { return (line, b"") };
    let value = &line[colon + 1..];
    (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEBIBYTE: usize = 1024 * 1024;

    fn held(parser: &Parser) -> usize {
        parser.line.capacity() + parser.block.data.capacity()
    }

    #[test]
    fn what_is_ignored_is_not_held() {
        for start in [":", "unknown: ", "datax", "data"] {
            let mut parser = Parser::new();
            parser.feed(start.as_bytes(), drop).unwrap();
            for _ in 0..100 {
                parser.feed(&vec![b'x'; MEBIBYTE], drop).unwrap();
                assert!(held(&parser) < 100, "{start}");
            }
        }
    }

    #[test]
    fn an_event_that_never_ends_is_held_up_to_the_limit_and_then_let_go() {
        let mut parser = Parser::with_max_event_size(MEBIBYTE);
        let mut errors = 0;
        for _ in 0..100_000 {
            errors += usize::from(parser.feed(b"data: ..............\n", drop).is_err());
            assert!(held(&parser) <= 2 * MEBIBYTE);
        }
        assert_eq!((errors, held(&parser)), (1, 0));
    }

    #[test]
    fn memory_is_let_go_when_a_large_event_is_dispatched() {
        let mut parser = Parser::new();
        parser.feed(b"data: ", drop).unwrap();
        parser.feed(&vec![b'x'; 10 * MEBIBYTE], drop).unwrap();
        assert!(held(&parser) > 10 * MEBIBYTE);
        parser.feed(b"\n\n", drop).unwrap();
        assert_eq!(held(&parser), 0);
    }
}
