//! The error type of the hub's client: why the hub did not do what was asked.

use std::fmt;

use hub_protocol::{ClientError, MessageError, Reply};

/// The reason why the hub has not done what was asked. The texts complete it in words.
#[derive(Debug)]
pub(crate) enum HubError {
    /// There is no hub, and none could be started.
    Absent(String),
    /// The hub failed a moment ago, and is not asked again yet; with that failure.
    Resting(String),
    /// The hub has not replied, and may have done it or not.
    Unanswered(String),
    /// The hub is not the one that is meant, or this user may not use it: somebody has to change a setting.
    Unfit(String),
    /// The hub refuses.
    Refused(String),
    /// A younger stream has taken the lease of this one.
    Dropped,
}

impl HubError {
    /// Returns the reason, without "there is no hub" in front.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Absent(why) => why.clone(),
            other => other.to_string(),
        }
    }

    /// Makes an error of a reply that does not fit the request.
    pub(super) fn from_reply(reply: Reply) -> Self {
        match reply {
            Reply::Refused { message, .. } => Self::Refused(message),
            Reply::Dropped => Self::Dropped,
            _ => Self::Refused("it has answered something else".to_owned()),
        }
    }
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(why) => write!(f, "there is no hub: {why}"),
            Self::Resting(why) => {
                write!(f, "the hub has failed a moment ago and is not asked again yet: {why}")
            }
            Self::Dropped => f.write_str("a younger stream has taken the place of this one"),
            Self::Unanswered(why) => write!(f, "{why}; whether it was done is not known"),
            Self::Unfit(why) => write!(f, "the hub cannot be used: {why}"),
            Self::Refused(why) => write!(f, "the hub has refused it: {why}"),
        }
    }
}

impl From<ClientError> for HubError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Hello(_) | ClientError::Message(MessageError::TooLong(_)) => {
                Self::Refused(error.to_string())
            }
            error => Self::Unanswered(error.to_string()),
        }
    }
}
