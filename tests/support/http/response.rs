//! A response: its head, and its body as it arrives.

use std::io;
use std::time::Instant;

use super::body::Decoder;
use super::{EventStream, Head, Wire};
use crate::event_stream::EventStreamReader;
use crate::patience::soon;
use crate::reader::{End, Piece, ReadError, Reader, Source};

/// A response whose head has come in. Dropping it closes the connection.
#[derive(Debug)]
pub struct Response {
    /// The status line and the header fields.
    pub head: Head,
    /// The body, without its framing.
    pub body: Reader<Body>,
}

impl Response {
    pub(super) fn read(wire: Wire, method: &str, deadline: Instant) -> Result<Self, ReadError> {
        let mut reader = Reader::new(wire);
        let bytes = reader.read_until(b"\r\n\r\n", deadline)?;
        let shown = bytes.escape_ascii().to_string();
        let Some(head) = Head::parse(bytes) else {
            return Err(ReadError::Io(io::Error::other(format!("no HTTP response: {shown}"))));
        };
        let decoder = Decoder::new(method, &head);
        Ok(Self { head, body: Reader::new(Body { reader, decoder }) })
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.head.status()
    }

    /// The value of the one header field of that name.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// Reads the body as an event stream.
    pub fn events(self) -> EventStream {
        EventStreamReader::new(self.body)
    }

    /// The whole body.
    ///
    /// # Panics
    /// When it is late or cut.
    #[track_caller]
    pub fn into_body(mut self) -> Vec<u8> {
        let body = self.body.read_to_end(soon()).unwrap();
        assert_eq!(self.body.end(), Some(&End::Clean), "after \"{}\"", body.escape_ascii());
        body
    }

    /// The whole body, which is text.
    ///
    /// # Panics
    /// As `into_body`, and when it is no UTF-8.
    #[track_caller]
    pub fn into_text(self) -> String {
        String::from_utf8(self.into_body()).unwrap()
    }

    /// The connection, to close it in a certain way.
    pub fn into_wire(self) -> Wire {
        self.body.into_source().into_wire()
    }
}

/// The bytes of a body, as they arrive.
#[derive(Debug)]
pub struct Body {
    reader: Reader<Wire>,
    decoder: Decoder,
}

impl Body {
    /// The connection.
    pub fn wire(&self) -> &Wire {
        self.reader.source()
    }

    /// The connection, to close it in a certain way.
    pub fn into_wire(self) -> Wire {
        self.reader.into_source()
    }
}

impl Source for Body {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        while self.decoder.end().is_none() {
            let Some(piece) = self.reader.next_piece(deadline)? else {
                self.decoder.close(self.reader.end().unwrap_or(&End::Clean));
                break;
            };
            let bytes = self.decoder.decode(&piece.bytes);
            if !bytes.is_empty() {
                return Ok(Some(Piece { at: piece.at, bytes }));
            }
        }
        Ok(None)
    }

    fn end(&self) -> Option<&End> {
        self.decoder.end()
    }
}
