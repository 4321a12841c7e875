//! Bytes that arrive over time, from a socket or a pipe, each piece with its time of arrival.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::process::ChildStdout;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Bytes that came in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// When.
    pub at: Instant,
    /// Never empty.
    pub bytes: Vec<u8>,
}

/// The end of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// As the sender meant it: a last chunk, the announced length, a close where a close is the end.
    Clean,
    /// Before that, and what was wrong.
    Cut(String),
}

/// Where a [`Reader`] takes its bytes from.
pub trait Source {
    /// The next piece; `None` at the end.
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError>;

    /// Its end; `None` as long as it has not ended.
    fn end(&self) -> Option<&End>;
}

/// Reads from a [`Source`], by pieces, up to a pattern, or to the end.
#[derive(Debug)]
pub struct Reader<S> {
    source: S,
    /// The bytes that have come in, but were not asked for yet.
    held: Option<Piece>,
}

impl<S: Source> Reader<S> {
    /// Reads from `source`.
    pub fn new(source: S) -> Self {
        Self { source, held: None }
    }

    /// The source.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The source, with what it has yet to give.
    pub fn into_source(self) -> S {
        self.source
    }

    /// Its end; `None` as long as it has not ended, or not all was read.
    pub fn end(&self) -> Option<&End> {
        self.source.end().filter(|_| self.held.is_none())
    }

    /// The next bytes, whatever their number; `None` at the end.
    pub fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        match self.held.take() {
            Some(piece) => Ok(Some(piece)),
            None => self.source.next_piece(deadline),
        }
    }

    /// All bytes up to `pattern` and the pattern itself. What comes after it stays for the next call;
    /// on an error, everything does.
    pub fn read_until(&mut self, pattern: &[u8], deadline: Instant) -> Result<Vec<u8>, ReadError> {
        let mut read = Vec::new();
        loop {
            let searched = read.len().saturating_sub(pattern.len() - 1);
            let piece = match self.next_piece(deadline) {
                Ok(Some(piece)) => piece,
                Ok(None) => return Err(self.keep(read, |received| ReadError::Ended { received })),
                Err(error) => return Err(self.keep(read, |received| error.after(received))),
            };
            read.extend_from_slice(&piece.bytes);
            if let Some(start) = find(&read[searched..], pattern) {
                let rest = read.split_off(searched + start + pattern.len());
                self.hold(piece.at, rest);
                return Ok(read);
            }
        }
    }

    /// All bytes up to the end; [`Reader::end`] then tells which end it was.
    pub fn read_to_end(&mut self, deadline: Instant) -> Result<Vec<u8>, ReadError> {
        let mut read = Vec::new();
        loop {
            match self.next_piece(deadline) {
                Ok(Some(piece)) => read.extend_from_slice(&piece.bytes),
                Ok(None) => return Ok(read),
                Err(error) => return Err(self.keep(read, |received| error.after(received))),
            }
        }
    }

    fn hold(&mut self, at: Instant, bytes: Vec<u8>) {
        self.held = (!bytes.is_empty()).then_some(Piece { at, bytes });
    }

    fn keep(&mut self, read: Vec<u8>, error: impl FnOnce(Vec<u8>) -> ReadError) -> ReadError {
        self.hold(Instant::now(), read.clone());
        error(read)
    }
}

/// The position of `pattern` in `bytes`.
pub(crate) fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}

/// Why reading stopped.
pub enum ReadError {
    /// The deadline passed.
    Late {
        /// The bytes that had come in by then.
        received: Vec<u8>,
    },
    /// The end came before the pattern.
    Ended {
        /// The bytes that had come in by then.
        received: Vec<u8>,
    },
    /// The system said so.
    Io(io::Error),
}

impl ReadError {
    fn after(self, read: Vec<u8>) -> Self {
        match self {
            Self::Late { .. } => Self::Late { received: read },
            other => other,
        }
    }
}

impl fmt::Debug for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late { received } => {
                write!(f, "the deadline passed after \"{}\"", received.escape_ascii())
            }
            Self::Ended { received } => {
                write!(f, "the end came after \"{}\"", received.escape_ascii())
            }
            Self::Io(error) => write!(f, "{error}"),
        }
    }
}

/// The reading end of a pipe from a child process.
#[derive(Debug)]
pub struct Pipe {
    file: File,
    end: Option<End>,
}

impl From<ChildStdout> for Pipe {
    fn from(stdout: ChildStdout) -> Self {
        Self { file: File::from(OwnedFd::from(stdout)), end: None }
    }
}

impl Source for Pipe {
    fn next_piece(&mut self, deadline: Instant) -> Result<Option<Piece>, ReadError> {
        let mut polled = [PollFd::new(&self.file, PollFlags::IN)];
        let timeout = time_left(deadline).and_then(|left| Timespec::try_from(left).ok());
        match timeout.map(|timeout| poll(&mut polled, Some(&timeout))) {
            None | Some(Ok(0)) => return Err(ReadError::Late { received: Vec::new() }),
            Some(Err(error)) => return Err(ReadError::Io(error.into())),
            Some(Ok(_)) => {}
        }
        let mut buffer = vec![0; 1 << 16];
        let count = self.file.read(&mut buffer).map_err(ReadError::Io)?;
        buffer.truncate(count);
        if count == 0 {
            self.end = Some(End::Clean);
            return Ok(None);
        }
        Ok(Some(Piece { at: Instant::now(), bytes: buffer }))
    }

    fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}

/// `None` when there is none.
pub(crate) fn time_left(deadline: Instant) -> Option<Duration> {
    deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}
