//! The error type of a hub that does not start.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::{fmt, io};

use crate::location_error::LocationError;

/// The reason why a hub does not start, or does not take over from another one.
#[derive(Debug)]
pub enum StartError {
    /// `--group` names no group.
    Group(io::Error),
    /// A directory or a file that it needs cannot be used.
    Location(LocationError),
    /// The path of the socket has no directory.
    NoDirectory,
    /// The system has no thread or descriptor left.
    System(io::Error),
    /// Redis' client cannot be set up.
    Redis(io::Error),
    /// The hub before has not passed everything on.
    TakeOver(io::Error),
    /// The next hub has not taken everything.
    HandOver(io::Error),
    /// The system does not know which file the program is.
    NoProgram(io::Error),
    /// The process cannot be started.
    Spawn(io::Error),
    /// The process has exited before it listened; its log says why.
    Ended {
        /// Its exit status.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(error) => write!(f, "--group: {error}"),
            Self::Location(error) => write!(f, "{error}"),
            Self::NoDirectory => f.write_str("the socket has no directory"),
            Self::System(error) => write!(f, "cannot set up the hub: {error}"),
            Self::Redis(error) => write!(f, "cannot use Redis: {error}"),
            Self::TakeOver(error) => write!(f, "cannot take over from the running hub: {error}"),
            Self::HandOver(error) => write!(f, "cannot hand over to the new hub: {error}"),
            Self::NoProgram(error) => write!(f, "cannot find the sse-hub program: {error}"),
            Self::Spawn(error) => write!(f, "cannot start sse-hub: {error}"),
            Self::Ended { status, log } => {
                write!(f, "sse-hub did not start ({status}); see {}", log.display())
            }
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Group(error)
            | Self::System(error)
            | Self::Redis(error)
            | Self::TakeOver(error)
            | Self::HandOver(error)
            | Self::NoProgram(error)
            | Self::Spawn(error) => Some(error),
            Self::Location(error) => Some(error),
            Self::NoDirectory | Self::Ended { .. } => None,
        }
    }
}

impl From<LocationError> for StartError {
    fn from(error: LocationError) -> Self {
        Self::Location(error)
    }
}
