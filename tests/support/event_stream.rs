//! The meaning of the bytes of an event stream: the rules of the HTML standard, section 9.2, read anew
//! and applied naively, so that an error in the extension's own parser has no twin here.

use std::collections::VecDeque;
use std::time::Instant;

use crate::patience::soon;
use crate::reader::{End, ReadError, Reader, Source};

/// The type of the event that a stream begins with whose client comes back.
pub const POSITION: &str = "sse:position";

/// An event that was dispatched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When the empty line came in that dispatched it.
    pub at: Instant,
    /// The event type: `message` where the stream names none.
    pub event: String,
    /// The data, its lines joined by line feeds.
    pub data: String,
    /// The ID that stands in this event, if there is one.
    pub id: Option<String>,
    /// The last event ID of the stream after this event.
    pub last_event_id: String,
}

/// The parts of a stream, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An event.
    Event(Event),
    /// A comment, less the colon and nothing else.
    Comment {
        /// When its line end came in.
        at: Instant,
        /// Its text.
        text: String,
    },
    /// A new reconnection time.
    Retry {
        /// When its line end came in.
        at: Instant,
        /// The reconnection time.
        milliseconds: u64,
    },
}

/// Reads an event stream as it arrives.
#[derive(Debug)]
pub struct EventStreamReader<S> {
    reader: Reader<S>,
    parser: Parser,
    items: VecDeque<Item>,
}

impl<S: Source> EventStreamReader<S> {
    /// Reads the stream that `reader` gives.
    pub fn new(reader: Reader<S>) -> Self {
        Self { reader, parser: Parser::default(), items: VecDeque::new() }
    }

    /// The next thing it says; `None` at the end.
    pub fn next_item(&mut self, deadline: Instant) -> Result<Option<Item>, ReadError> {
        while self.items.is_empty() {
            let Some(piece) = self.reader.next_piece(deadline)? else { return Ok(None) };
            self.items.extend(self.parser.feed(&piece.bytes, piece.at));
        }
        Ok(self.items.pop_front())
    }

    /// The next event; comments, reconnection times and what nobody listens for are passed over.
    ///
    /// # Panics
    /// When there is none soon.
    #[track_caller]
    pub fn next_event(&mut self) -> Event {
        let deadline = soon();
        loop {
            match self.next_item(deadline).unwrap() {
                Some(Item::Event(event)) if event.event != POSITION => return event,
                Some(_) => {}
                None => panic!("the stream ended, an event was awaited"),
            }
        }
    }

    /// All that is still to come.
    pub fn items_to_end(&mut self, deadline: Instant) -> Result<Vec<Item>, ReadError> {
        let mut items = Vec::new();
        while let Some(item) = self.next_item(deadline)? {
            items.push(item);
        }
        Ok(items)
    }

    /// The end of the stream; `None` as long as it has not ended, or not all was read.
    pub fn end(&self) -> Option<&End> {
        self.reader.end().filter(|_| self.items.is_empty())
    }

    /// The source of the bytes.
    pub fn source(&self) -> &S {
        self.reader.source()
    }

    /// The source of the bytes, to close it in a certain way.
    pub fn into_source(self) -> S {
        self.reader.into_source()
    }
}

/// All events in a whole stream, for tests that have its bytes.
pub fn parse(bytes: &[u8]) -> Vec<Item> {
    Parser::default().feed(bytes, Instant::now())
}

#[derive(Debug, Default)]
struct Parser {
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it belongs to the same line end.
    after_cr: bool,
    past_first_line: bool,
    data: String,
    event: String,
    id: Option<String>,
    last_event_id: String,
}

impl Parser {
    fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Item> {
        let mut items = Vec::new();
        for &byte in bytes {
            let second_half = byte == b'\n' && self.after_cr;
            self.after_cr = byte == b'\r';
            match byte {
                b'\n' if second_half => {}
                b'\n' | b'\r' => items.extend(self.end_line(at)),
                _ => self.line.push(byte),
            }
        }
        items
    }

    fn end_line(&mut self, at: Instant) -> Option<Item> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let line = match line.strip_prefix('\u{feff}') {
            Some(rest) if !self.past_first_line => rest,
            _ => &line,
        };
        self.past_first_line = true;
        if line.is_empty() {
            return self.dispatch(at);
        }
        match line.split_once(':') {
            Some(("", text)) => Some(Item::Comment { at, text: text.to_owned() }),
            Some((name, value)) => self.field(name, value.strip_prefix(' ').unwrap_or(value), at),
            None => self.field(line, "", at),
        }
    }

    fn field(&mut self, name: &str, value: &str, at: Instant) -> Option<Item> {
        match name {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                let milliseconds = value.parse().unwrap_or(u64::MAX);
                return Some(Item::Retry { at, milliseconds });
            }
            _ => {}
        }
        None
    }

    fn dispatch(&mut self, at: Instant) -> Option<Item> {
        let id = self.id.take();
        if let Some(id) = &id {
            self.last_event_id.clone_from(id);
        }
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        let event = if event.is_empty() { "message".to_owned() } else { event };
        Some(Item::Event(Event { at, event, data, id, last_event_id: self.last_event_id.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items of the stream, each as one short line.
    fn read(bytes: &[u8]) -> Vec<String> {
        let whole: Vec<_> = parse(bytes).iter().map(short).collect();
        let mut parser = Parser::default();
        let by_bytes = bytes.chunks(1).flat_map(|byte| parser.feed(byte, Instant::now()));
        assert_eq!(by_bytes.map(|item| short(&item)).collect::<Vec<_>>(), whole);
        whole
    }

    fn short(item: &Item) -> String {
        match item {
            Item::Event(Event { event, data, last_event_id, .. }) => {
                format!("{event} {data:?} {last_event_id:?}")
            }
            Item::Comment { text, .. } => format!("comment {text:?}"),
            Item::Retry { milliseconds, .. } => format!("retry {milliseconds}"),
        }
    }

    #[test]
    fn every_kind_of_line_end_ends_one_line() {
        for stream in [&b"data: a\ndata: b\n\n"[..], b"data: a\rdata: b\r\r"] {
            assert_eq!(read(stream), [r#"message "a\nb" """#]);
        }
        assert_eq!(read(b"data: a\r\ndata: b\r\n\r\n"), [r#"message "a\nb" """#]);
        assert_eq!(read(b"data: a\n\rdata: b\n\n"), [r#"message "a" """#, r#"message "b" """#]);
    }

    #[test]
    fn one_space_after_the_colon_is_not_data() {
        assert_eq!(read(b"data:a\n\ndata:  a\n\n"), [r#"message "a" """#, r#"message " a" """#]);
    }

    #[test]
    fn empty_data_is_an_event_and_no_data_is_none() {
        assert_eq!(
            read(b"data\n\ndata:\ndata:\n\nevent: x\n\n"),
            [r#"message "" """#, r#"message "\n" """#]
        );
    }

    #[test]
    fn an_id_stays_until_the_next_one_and_one_with_nul_is_ignored() {
        assert_eq!(
            read(b"id: 1\ndata\n\nid: \0\ndata\n\nid\ndata\n\n"),
            [r#"message "" "1""#, r#"message "" "1""#, r#"message "" """#]
        );
    }

    #[test]
    fn an_event_type_holds_for_one_event() {
        assert_eq!(read(b"event: x\ndata\n\ndata\n\n"), [r#"x "" """#, r#"message "" """#]);
    }

    #[test]
    fn a_retry_takes_digits_only() {
        assert_eq!(read(b"retry: 15\nretry: 1x\nretry: -1\nretry:\n"), ["retry 15"]);
    }

    #[test]
    fn comments_are_kept_with_their_space() {
        assert_eq!(read(b": hi\n:\n"), [r#"comment " hi""#, r#"comment """#]);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_at_the_start_only() {
        let stream = b"\xef\xbb\xbfdata: \xef\xbb\xbf\n\n\xef\xbb\xbfdata: b\n\n";
        assert_eq!(read(stream), [r#"message "\u{feff}" """#]);
    }

    #[test]
    fn an_unfinished_event_is_not_dispatched() {
        assert_eq!(read(b"data: a\n"), Vec::<String>::new());
    }

    #[test]
    fn invalid_utf_8_is_replaced() {
        assert_eq!(read(b"data: \xff\n\n"), ["message \"\u{fffd}\" \"\""]);
    }
}
