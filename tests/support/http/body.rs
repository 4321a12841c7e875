//! Finds a body's start and end in the bytes of a connection. Does no I/O.

use super::Head;
use crate::reader::End;

/// Takes the framing off a body.
#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
}

#[derive(Debug)]
enum State {
    /// So many bytes are to come.
    Length(u64),
    /// All bytes until the close.
    UntilClose,
    /// The line with a chunk's size, as far as it has come.
    ChunkSize(Vec<u8>),
    /// So many bytes of the chunk are to come.
    ChunkData(u64),
    /// The line end after a chunk, as far as it has come.
    ChunkEnd(Vec<u8>),
    /// A line after the last chunk, as far as it has come; an empty one is the end.
    Trailer(Vec<u8>),
    Ended(End),
}

impl Decoder {
    pub(super) fn new(method: &str, head: &Head) -> Self {
        let chunked = head.header("Transfer-Encoding").map(str::to_ascii_lowercase);
        let length = head.header("Content-Length").map(str::parse);
        let state = match (head.status(), chunked.as_deref(), length) {
            (100..=199 | 204 | 304, ..) => State::Length(0),
            _ if method == "HEAD" => State::Length(0),
            (_, Some("chunked"), _) => State::ChunkSize(Vec::new()),
            (_, None, Some(Ok(length))) => State::Length(length),
            (_, None, None) => State::UntilClose,
            (_, encoding, length) => cut(&format!("no such framing: {encoding:?}, {length:?}")),
        };
        Self { state }.ended_if_empty()
    }

    fn ended_if_empty(mut self) -> Self {
        if matches!(self.state, State::Length(0)) {
            self.state = State::Ended(End::Clean);
        }
        self
    }

    /// `None` as long as there may be more.
    pub(super) fn end(&self) -> Option<&End> {
        match &self.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// The part of the body in these bytes of the connection.
    pub(super) fn decode(&mut self, mut input: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        while !input.is_empty() && self.end().is_none() {
            input = self.step(input, &mut body);
        }
        if !input.is_empty() {
            self.state = cut(&format!("after the end came \"{}\"", input.escape_ascii()));
        }
        body
    }

    /// The connection was closed.
    pub(super) fn close(&mut self, how: &End) {
        self.state = match (&self.state, how) {
            (State::Ended(end), _) => State::Ended(end.clone()),
            (State::UntilClose, how) => State::Ended(how.clone()),
            (before, _) => cut(&format!("closed at {before:?}")),
        };
    }

    /// Takes some of `input`, and gives the rest back.
    fn step<'a>(&mut self, input: &'a [u8], body: &mut Vec<u8>) -> &'a [u8] {
        match &mut self.state {
            State::Ended(_) => input,
            State::UntilClose => {
                body.extend_from_slice(input);
                &[]
            }
            State::Length(left) => {
                let rest = take(left, input, body);
                if *left == 0 {
                    self.state = State::Ended(End::Clean);
                }
                rest
            }
            State::ChunkData(left) => {
                let rest = take(left, input, body);
                if *left == 0 {
                    self.state = State::ChunkEnd(Vec::new());
                }
                rest
            }
            State::ChunkSize(line) | State::ChunkEnd(line) | State::Trailer(line) => {
                line.push(input[0]);
                if line.ends_with(b"\n") {
                    self.state = self.after_line();
                }
                &input[1..]
            }
        }
    }

    fn after_line(&self) -> State {
        let state = match &self.state {
            State::ChunkSize(line) => chunk_size(line).map(|size| match size {
                0 => State::Trailer(Vec::new()),
                size => State::ChunkData(size),
            }),
            State::ChunkEnd(line) => (line == b"\r\n").then(|| State::ChunkSize(Vec::new())),
            State::Trailer(line) if line == b"\r\n" => Some(State::Ended(End::Clean)),
            State::Trailer(line) => line.ends_with(b"\r\n").then(|| State::Trailer(Vec::new())),
            _ => None,
        };
        state.unwrap_or_else(|| cut(&format!("bad framing: {:?}", self.state)))
    }
}

fn cut(reason: &str) -> State {
    State::Ended(End::Cut(reason.to_owned()))
}

fn take<'a>(left: &mut u64, input: &'a [u8], body: &mut Vec<u8>) -> &'a [u8] {
    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
    *left -= count as u64;
    body.extend_from_slice(&input[..count]);
    &input[count..]
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = str::from_utf8(line).ok()?.strip_suffix("\r\n")?;
    let digits = line.split(';').next()?.trim_end();
    let is_hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The body, and how it ended, however the bytes are cut into reads.
    fn decode(fields: &str, bytes: &[u8]) -> (Vec<u8>, Option<End>) {
        let whole = decode_in_pieces(fields, bytes, bytes.len().max(1));
        assert_eq!(decode_in_pieces(fields, bytes, 1), whole);
        whole
    }

    fn decode_in_pieces(fields: &str, bytes: &[u8], size: usize) -> (Vec<u8>, Option<End>) {
        let head = Head::parse(format!("HTTP/1.1 200 OK{fields}\r\n\r\n").into()).unwrap();
        let mut decoder = Decoder::new("GET", &head);
        let body = bytes.chunks(size).flat_map(|piece| decoder.decode(piece)).collect();
        (body, decoder.end().cloned())
    }

    const CHUNKED: &str = "\r\nTransfer-Encoding: chunked";

    #[test]
    fn chunks_are_joined_and_the_last_one_is_the_end() {
        assert_eq!(
            decode(CHUNKED, b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n"),
            (b"abc0123456789".to_vec(), Some(End::Clean))
        );
    }

    #[test]
    fn a_body_without_its_last_chunk_has_not_ended() {
        assert_eq!(decode(CHUNKED, b"3\r\nabc\r\n0\r\n"), (b"abc".to_vec(), None));
    }

    #[test]
    fn a_close_before_the_last_chunk_is_a_cut() {
        let head = Head::parse(format!("HTTP/1.1 200 OK{CHUNKED}\r\n\r\n").into()).unwrap();
        let mut decoder = Decoder::new("GET", &head);
        decoder.decode(b"3\r\nabc\r\n");
        decoder.close(&End::Clean);
        assert!(matches!(decoder.end(), Some(End::Cut(_))));
    }

    #[test]
    fn bad_chunks_are_a_cut() {
        for bad in [&b"x\r\n"[..], b"\r\n", b"3\nabc", b"3\r\nabcd\r\n", b"-1\r\n", b"+1\r\n"] {
            let (_, end) = decode_in_pieces(CHUNKED, bad, 1);
            assert!(matches!(end, Some(End::Cut(_))), "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn a_body_with_a_length_ends_there() {
        assert_eq!(decode("\r\nContent-Length: 3", b"abc"), (b"abc".to_vec(), Some(End::Clean)));
        assert_eq!(decode("\r\nContent-Length: 3", b"ab"), (b"ab".to_vec(), None));
    }

    #[test]
    fn bytes_after_the_end_are_a_cut() {
        let (body, end) = decode_in_pieces("\r\nContent-Length: 3", b"abcd", 4);
        assert_eq!(body, b"abc");
        assert!(matches!(end, Some(End::Cut(_))));
    }

    #[test]
    fn a_body_without_framing_ends_as_the_connection_does() {
        let head = Head::parse(b"HTTP/1.0 200 OK\r\n\r\n".to_vec()).unwrap();
        for how in [End::Clean, End::Cut("reset".to_owned())] {
            let mut decoder = Decoder::new("GET", &head);
            assert_eq!(decoder.decode(b"abc"), b"abc");
            assert_eq!(decoder.end(), None);
            decoder.close(&how);
            assert_eq!(decoder.end(), Some(&how));
        }
    }

    #[test]
    fn responses_to_head_and_of_status_204_have_no_body() {
        let head = Head::parse(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n".to_vec()).unwrap();
        assert_eq!(Decoder::new("HEAD", &head).end(), Some(&End::Clean));
        let head = Head::parse(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()).unwrap();
        assert_eq!(Decoder::new("GET", &head).end(), Some(&End::Clean));
    }
}
