//! The bytes and events that clients are sent.

use std::io::{BufRead, Read};
use std::os::unix::net::UnixStream;

use hub_protocol::EventId;

/// A record of FastCGI.
pub(crate) fn record(content: &str) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    [b"\x01\x06\0\x01\0", &[length, 0, 0][..], content.as_bytes()].concat()
}

/// A chunk of HTTP/1.1.
pub(crate) fn chunk(content: &str) -> String {
    format!("{:x}\r\n{content}\r\n", content.len())
}

pub(crate) fn frame(id: EventId, data: &str) -> String {
    format!("id: {id}\ndata: {data}\n\n")
}

/// The event that tells a client where it is.
pub(crate) fn position(id: EventId) -> String {
    format!("id: {id}\nevent: sse:position\ndata: {{}}\n\n")
}

/// The part of a position behind its id.
const POSITION: &str = "\nevent: sse:position\ndata: {}\n\n";

/// Where that is found first. Megabytes of text are searched as text, by code that was optimized.
fn find_position(bytes: &[u8]) -> Option<usize> {
    match str::from_utf8(bytes) {
        Ok(text) => text.find(POSITION),
        Err(_) => bytes.windows(POSITION.len()).position(|it| it == POSITION.as_bytes()),
    }
}

/// Takes out the positions, which nobody listens for; those in records or chunks stay.
fn without_positions(bytes: &[u8]) -> Vec<u8> {
    let mut rest = bytes.to_vec();
    let mut from = 0;
    while let Some(at) = find_position(&rest[from..]) {
        let end = from + at + POSITION.len();
        let begin = rest[..from + at].windows(4).rposition(|it| it == b"id: ");
        let is_record = begin.is_none_or(|begin| {
            let before = &rest[..begin];
            !before.is_empty() && (before.ends_with(b"\r\n") || !before.ends_with(b"\n"))
        });
        from = if is_record { end } else { begin.unwrap() };
        if !is_record {
            rest.drain(from..end);
        }
    }
    rest
}

/// True if these bytes begin a position, or may begin one.
fn may_tell_a_position(bytes: &[u8]) -> bool {
    let starts = (0..bytes.len()).filter(|at| *at == 0 || bytes[at - 1] == b'\n');
    starts.map(|at| &bytes[at..]).any(|line| {
        let line = String::from_utf8_lossy(line);
        let Some(id) = line.strip_prefix("id: ") else { return "id: ".starts_with(&*line) };
        let (id, rest) = id.split_at(id.find('\n').unwrap_or(id.len()));
        id.chars().all(|it| it.is_ascii_digit() || it == '-') && POSITION.starts_with(rest)
    })
}

/// Reads exactly these bytes, positions apart, which nobody listens for.
#[track_caller]
pub(crate) fn assert_reads(client: &mut UnixStream, expected: impl AsRef<[u8]>) {
    let expected = expected.as_ref();
    let mut bytes = Vec::new();
    loop {
        let missing = expected.len().saturating_sub(bytes.len());
        let more = if missing == 0 && bytes != expected && may_tell_a_position(&bytes) {
            1
        } else {
            missing
        };
        if more == 0 {
            break;
        }
        let mut next = vec![0; more];
        client.read_exact(&mut next).unwrap();
        bytes = without_positions(&[bytes, next].concat());
    }
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected));
}

/// Reads exactly these bytes, positions apart, and the end.
#[track_caller]
pub(crate) fn assert_ends(client: &mut UnixStream, expected: impl AsRef<[u8]>) {
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).unwrap();
    let bytes = without_positions(&bytes);
    assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expected.as_ref()));
}

/// Reads up to the end, which is a clean one: the client is told when to come back.
#[track_caller]
pub(crate) fn assert_says_goodbye(mut stream: UnixStream) {
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    assert!(said.contains("retry: "), "{said:?}");
}

/// The next event, as its lines say it: comments and reconnection times apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: EventId,
    pub(crate) event: String,
    pub(crate) data: String,
}

impl Told {
    /// Reads one, or the end.
    pub(crate) fn next(client: &mut impl BufRead) -> Option<Self> {
        let (mut id, mut event, mut data) = (None, String::new(), None);
        loop {
            let mut line = String::new();
            if client.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim_end_matches('\n').split_once(": ") {
                Some(("id", value)) => id = Some(value.parse().unwrap()),
                Some(("event", value)) => value.clone_into(&mut event),
                Some(("data", value)) => data = Some(value.to_owned()),
                _ if line == "\n" => return Some(Self { id: id?, event, data: data? }),
                _ => {}
            }
        }
    }

    /// Reads the next one that is no position.
    #[track_caller]
    pub(crate) fn next_event(client: &mut impl BufRead) -> Self {
        loop {
            let told = Self::next(client).expect("the stream goes on");
            if !told.is_position() {
                return told;
            }
        }
    }

    /// True if it tells a position.
    pub(crate) fn is_position(&self) -> bool {
        self.event == "sse:position"
    }

    /// True if it says that events were missed.
    pub(crate) fn is_reset(&self) -> bool {
        self.event == "reset"
    }
}
