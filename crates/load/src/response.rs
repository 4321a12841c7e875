//! Parses a response of HTTP/1.1 as it arrives: its head, and its body without framing.
//!
//! **Invariant**: it does not matter where the pieces end, and no byte of a body is copied.

use std::error::Error;
use std::fmt;

/// The longest head that is accepted, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The state of reading one response.
#[derive(Debug)]
pub(crate) struct Response {
    stage: Stage,
    /// Its content coding is `zstd`.
    is_encoded: bool,
}

#[derive(Debug)]
enum Stage {
    Head(Vec<u8>),
    UntilClose,
    Chunked(Chunk),
    Ended,
}

/// The state of reading a chunked body.
#[derive(Clone, Copy, Debug)]
enum Chunk {
    Size(u64),
    /// The rest of the line with the size.
    SizeLine(u64),
    Data(u64),
    /// The line end after the data.
    End,
    /// Behind the last chunk.
    Trailer,
}

/// The reason why a response cannot be read as an event stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unexpected {
    /// It is none: its status, which may be 200 if the content type is another.
    Status(u16),
    Malformed,
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "a response with status {status} is no event stream"),
            Self::Malformed => f.write_str("a response is not HTTP/1.1"),
        }
    }
}

impl Error for Unexpected {}

impl Default for Response {
    fn default() -> Self {
        Self { stage: Stage::Head(Vec::new()), is_encoded: false }
    }
}

impl Response {
    /// Takes the next bytes, and passes those of the body on, and whether they are encoded.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        mut on_body: impl FnMut(bool, &[u8]),
    ) -> Result<(), Unexpected> {
        let Stage::Head(head) = &mut self.stage else {
            return self.feed_body(bytes, &mut on_body);
        };
        head.extend_from_slice(bytes);
        let Some((response, length)) = read_head(head)? else { return Ok(()) };
        let rest = head.split_off(length);
        *self = response;
        self.feed_body(&rest, &mut on_body)
    }

    fn feed_body(
        &mut self,
        mut bytes: &[u8],
        on_body: &mut impl FnMut(bool, &[u8]),
    ) -> Result<(), Unexpected> {
        let is_encoded = self.is_encoded;
        let mut on_body = |bytes: &[u8]| on_body(is_encoded, bytes);
        while !bytes.is_empty() {
            match &mut self.stage {
                Stage::Head(_) | Stage::Ended => break,
                Stage::UntilClose => {
                    on_body(bytes);
                    break;
                }
                Stage::Chunked(chunk) => match chunk.take(&mut bytes, &mut on_body)? {
                    Some(after) => *chunk = after,
                    None => self.stage = Stage::Ended,
                },
            }
        }
        Ok(())
    }

    /// True if the head has been read.
    pub(crate) fn has_head(&self) -> bool {
        !matches!(self.stage, Stage::Head(_))
    }

    /// True if the body has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }
}

/// Returns the kind of body that follows, and the length of the head; `None` while that is not complete.
fn read_head(head: &[u8]) -> Result<Option<(Response, usize)>, Unexpected> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(head) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if head.len() <= MAX_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) | Err(_) => return Err(Unexpected::Malformed),
    };
    let has = |name: &str, value: &str| {
        let mut named = response.headers.iter().filter(|it| it.name.eq_ignore_ascii_case(name));
        named.any(|it| it.value.to_ascii_lowercase().starts_with(value.as_bytes()))
    };
    let status = response.code.unwrap_or(0);
    if status != 200 || !has("content-type", "text/event-stream") {
        return Err(Unexpected::Status(status));
    }
    let is_encoded = has("content-encoding", "zstd");
    if !is_encoded && has("content-encoding", "") {
        return Err(Unexpected::Malformed);
    }
    let chunked = has("transfer-encoding", "chunked");
    let stage = if chunked { Stage::Chunked(Chunk::Size(0)) } else { Stage::UntilClose };
    Ok(Some((Response { stage, is_encoded }, length)))
}

impl Chunk {
    /// Takes some of `bytes`, which are not empty; `None` at the end of the body.
    fn take(
        self,
        bytes: &mut &[u8],
        on_body: &mut impl FnMut(&[u8]),
    ) -> Result<Option<Self>, Unexpected> {
        if let Self::Data(left) = self {
            let here = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
            let (data, rest) = bytes.split_at(here);
            on_body(data);
            *bytes = rest;
            let left = left - here as u64;
            return Ok(Some(if left == 0 { Self::End } else { Self::Data(left) }));
        }
        let (byte, rest) = (bytes[0], &bytes[1..]);
        *bytes = rest;
        match (self, byte) {
            (Self::Size(0) | Self::SizeLine(0), b'\n') | (Self::Trailer, b'\r') => {
                Ok(Some(Self::Trailer))
            }
            (Self::Size(size) | Self::SizeLine(size), b'\n') => Ok(Some(Self::Data(size))),
            (Self::Size(size), b'\r' | b';') | (Self::SizeLine(size), _) => {
                Ok(Some(Self::SizeLine(size)))
            }
            (Self::Size(size), digit) => Ok(Some(Self::Size(add_digit(size, digit)?))),
            (Self::End, b'\r') => Ok(Some(Self::End)),
            (Self::End, b'\n') => Ok(Some(Self::Size(0))),
            (Self::Trailer, b'\n') => Ok(None),
            (Self::End | Self::Trailer | Self::Data(_), _) => Err(Unexpected::Malformed),
        }
    }
}

fn add_digit(size: u64, digit: u8) -> Result<u64, Unexpected> {
    let digit = char::from(digit).to_digit(16).ok_or(Unexpected::Malformed)?;
    let size = size.checked_mul(16).ok_or(Unexpected::Malformed)?;
    Ok(size + u64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=UTF-8\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\n:\n\n\r\nB;x=y\r\ndata: 123\n\n\r\n0\r\n\r\n";

    fn read(pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> (Vec<u8>, Response) {
        let (mut response, mut body) = (Response::default(), Vec::new());
        for piece in pieces {
            response.feed(piece.as_ref(), |_, bytes| body.extend_from_slice(bytes)).unwrap();
        }
        (body, response)
    }

    #[test]
    fn a_chunked_body_is_read_wherever_its_pieces_end() {
        for size in 1..=CHUNKED.len() {
            let (body, response) = read(CHUNKED.chunks(size));
            assert_eq!(body, b":\n\ndata: 123\n\n", "in pieces of {size}");
            assert!(response.has_ended());
        }
    }

    #[test]
    fn a_body_without_a_length_goes_on_until_the_connection_ends() {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        let (body, response) = read([head, "data: 1\n", "\n0\r\n\r\n"].iter());
        assert_eq!(body, b"data: 1\n\n0\r\n\r\n");
        assert!(response.has_head() && !response.has_ended());
    }

    #[test]
    fn what_is_no_event_stream_is_refused_with_its_status() {
        let feed = |head: &str| Response::default().feed(head.as_bytes(), |_, _| {});
        assert_eq!(feed("HTTP/1.1 503 Busy\r\n\r\n"), Err(Unexpected::Status(503)));
        let gzip =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\n";
        assert_eq!(feed(gzip), Err(Unexpected::Malformed), "nobody has asked for that");
        let html = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>";
        assert_eq!(feed(html), Err(Unexpected::Status(200)));
        assert_eq!(feed("SSH-2.0-OpenSSH\r\n\r\n"), Err(Unexpected::Malformed));
    }

    #[test]
    fn a_chunk_that_is_none_is_refused() {
        let head = CHUNKED.split(|byte| *byte == b'3').next().unwrap();
        for chunk in ["x\r\n", "1\r\nab", "fffffffffffffffff\r\n"] {
            let mut response = Response::default();
            response.feed(head, |_, _| {}).unwrap();
            assert_eq!(
                response.feed(chunk.as_bytes(), |_, _| {}),
                Err(Unexpected::Malformed),
                "{chunk}"
            );
        }
    }
}
