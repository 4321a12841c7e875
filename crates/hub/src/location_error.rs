//! The error type for a path that the hub needs and cannot use.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

/// The advice for a path that is in another user's hands.
const ELSEWHERE: &str = "remove it, or have the hub listen elsewhere (--socket, sse.hub_socket)";

/// A path that the hub cannot use: its directory, its socket, or a file beside that.
#[derive(Debug)]
pub struct LocationError {
    path: PathBuf,
    problem: Problem,
}

/// The problem with the path.
#[derive(Debug)]
pub(crate) enum Problem {
    NotCreated(io::Error),
    NotExamined(io::Error),
    NotOpened(io::Error),
    NotLocked(io::Error),
    /// The lock is another hub's.
    Held,
    NotADirectory,
    OfAnotherUser {
        theirs: u32,
        ours: u32,
    },
    WritableByOthers,
    NotASocket,
    /// Another hub is listening on the socket.
    InUse,
    NotReplaced(io::Error),
    NotListening(io::Error),
    NotOpenedToGroup(io::Error),
}

impl LocationError {
    pub(crate) fn new(path: &Path, problem: Problem) -> Self {
        Self { path: path.to_owned(), problem }
    }
}

impl fmt::Display for LocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotCreated(error) => write!(f, "cannot be created: {error}"),
            Self::NotExamined(error) => write!(f, "cannot be examined: {error}"),
            Self::NotOpened(error) => write!(f, "cannot be opened: {error}"),
            Self::NotLocked(error) => write!(f, "cannot be locked: {error}"),
            Self::Held => f.write_str("another hub holds it"),
            Self::NotADirectory => write!(f, "is not a directory: {ELSEWHERE}"),
            Self::OfAnotherUser { theirs, ours } => write!(
                f,
                "belongs to user {theirs}, and this hub is user {ours}'s; a hub of user {theirs}'s may be \
                 open to a group of user {ours}'s (--group, sse.hub_group): {ELSEWHERE}"
            ),
            Self::WritableByOthers => write!(
                f,
                "others may write to it, so what it contains cannot be trusted: {ELSEWHERE}"
            ),
            Self::NotASocket => write!(f, "is not a socket: {ELSEWHERE}"),
            Self::InUse => f.write_str("another hub is listening on it"),
            Self::NotReplaced(error) => write!(f, "cannot be replaced: {error}"),
            Self::NotListening(error) => write!(f, "cannot listen on it: {error}"),
            Self::NotOpenedToGroup(error) => write!(f, "cannot be opened to its group: {error}"),
        }
    }
}

impl Error for LocationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.problem {
            Problem::NotCreated(error)
            | Problem::NotExamined(error)
            | Problem::NotOpened(error)
            | Problem::NotLocked(error)
            | Problem::NotReplaced(error)
            | Problem::NotListening(error)
            | Problem::NotOpenedToGroup(error) => Some(error),
            Problem::Held
            | Problem::NotADirectory
            | Problem::OfAnotherUser { .. }
            | Problem::WritableByOthers
            | Problem::NotASocket
            | Problem::InUse => None,
        }
    }
}
