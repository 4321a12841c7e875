//! The error type of `sse-hub` commands, with its texts for stderr.

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, io};

use hub::{StartError, USAGE};
use hub_protocol::ClientError;
use redis_log::SettingsError;

/// The reason why a command fails.
#[derive(Debug)]
pub(crate) enum CommandError {
    Usage(lexopt::Error),
    Unknown(String),
    /// The URL in the environment.
    Redis(SettingsError),
    Start(StartError),
    /// Without `--socket`, any of these may be meant.
    SeveralHubs(Vec<PathBuf>),
    Hub {
        socket: PathBuf,
        error: ClientError,
    },
    /// Of the hubs that all are told, these have not done it.
    OfAll(Vec<(PathBuf, CommandError)>),
    /// The hub has not done it, for this reason.
    Refused(String),
    UnexpectedReply,
    Report(serde_json::Error),
    /// Nobody reads stdout, or it is full.
    Output(io::Error),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) => write!(f, "{error}"),
            Self::Unknown(command) => write!(f, "unknown command: {command}\n\n{USAGE}"),
            Self::Redis(error) => write!(f, "{error}"),
            Self::Start(error) => write!(f, "{error}"),
            Self::SeveralHubs(sockets) => {
                let list: Vec<String> = sockets.iter().map(|it| it.display().to_string()).collect();
                write!(f, "several hubs are running, choose one with --socket: {}", list.join(", "))
            }
            Self::Hub { socket, error } => write!(f, "{}: {error}", socket.display()),
            Self::OfAll(failures) => {
                let line = |(socket, error): &(PathBuf, Self)| match error {
                    Self::Hub { .. } => error.to_string(),
                    _ => format!("{}: {error}", socket.display()),
                };
                f.write_str(&failures.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Self::Refused(why) => f.write_str(why),
            Self::UnexpectedReply => f.write_str("unexpected answer from the hub"),
            Self::Report(error) => write!(f, "cannot parse the report: {error}"),
            Self::Output(error) => write!(f, "{error}"),
        }
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Usage(error) => Some(error),
            Self::Redis(error) => Some(error),
            Self::Start(error) => Some(error),
            Self::Hub { error, .. } => Some(error),
            Self::Report(error) => Some(error),
            Self::Output(error) => Some(error),
            Self::OfAll(failures) => failures.first().map(|(_, error)| error as &dyn Error),
            Self::Unknown(_) | Self::SeveralHubs(_) | Self::Refused(_) | Self::UnexpectedReply => {
                None
            }
        }
    }
}
