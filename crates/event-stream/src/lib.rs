//! The event stream format, `text/event-stream` (WHATWG HTML, 9.2 "Server-sent events").
//!
//! It has values that are valid by construction, an encoder that cannot fail, and an incremental parser.
//!
//! The invariant: what [`Event::encode_into`] appends is read back by every parser that follows
//! the standard as exactly that event. No value, whatever its bytes, can break out of its field.
//! Nothing here does any input or output, or knows who calls it.
//!
//! # Example: encoding
//!
//! ```
//! use event_stream::{Event, EventId, EventType};
//!
//! # fn main() -> Result<(), event_stream::FieldError> {
//! let event = Event {
//!     id: Some(EventId::new(b"42")?),
//!     event: Some(EventType::new(b"price")?),
//!     data: Some(b"ACME\r\n17.20"),
//!     ..Event::default()
//! };
//! let mut stream = Vec::new();
//! event.encode_into(&mut stream);
//! assert_eq!(stream, b"id: 42\nevent: price\ndata: ACME\ndata: 17.20\n\n");
//! # Ok(())
//! # }
//! ```
//!
//! # Example: a value that would forge a field is refused
//!
//! ```
//! use event_stream::{EventType, FieldError};
//!
//! assert_eq!(EventType::new(b"price\ndata: forged"), Err(FieldError::LineBreak));
//! ```
//!
//! # Example: parsing
//!
//! Chunks may end anywhere: inside a line, between CR and LF, inside a character.
//!
//! ```
//! use event_stream::Parser;
//!
//! # fn main() -> Result<(), event_stream::EventTooLarge> {
//! let mut parser = Parser::new();
//! let mut received = Vec::new();
//! for chunk in ["data: Hel", "lo\r", "\n\r\n: still here\n"] {
//!     parser.feed(chunk.as_bytes(), |event| received.push(event.data))?;
//! }
//! assert_eq!(received, ["Hello"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Layout
//!
//! * `field`: the values of fields, each checked once and then a type ([`EventType`], [`EventId`],
//! * `event`: [`Event`], the fields of one block, and its encoding
//! * `position`: [`Position`], the event that gives a client its last event ID
//! * `position`: [`Position`], the event that tells a client where it is
//! * `heartbeat`: [`Heartbeat`], the comment that keeps a connection in use
//! * `encode`: lines, and the fields made of them
//! * `parse`: [`Parser`], the standard's algorithm on a stream that arrives in chunks
//! * `decode`: UTF-8 as a browser reads it

#![forbid(unsafe_code)]

mod decode;
mod encode;
mod event;
mod field;
mod heartbeat;
mod parse;
mod position;

pub use encode::LAST_LINE;
pub use event::Event;
pub use field::{Comment, EventId, EventType, FieldError, Retry};
pub use heartbeat::Heartbeat;
pub use parse::{EventTooLarge, ParsedEvent, Parser};
pub use position::Position;
