//! Why the hub has not done what it was asked for.

use std::fmt;

use hub_protocol::{ClientError, MessageError, Reply};

/// Why the hub has not done what it was asked for.
#[derive(Debug)]
pub(crate) enum HubError {
    /// There is none, and it could not be started; in words.
    Absent(String),
    /// It failed a moment ago, and is not asked again yet; how, in words.
    Resting(String),
    /// It has not answered, and may have done it or not; in words.
    Unanswered(String),
    /// There is one that is not the one that is meant, or that this user may not speak to: somebody has to
    /// change a setting; in words.
    Unfit(String),
    /// It will not; in words.
    Refused(String),
    /// A younger stream has taken the place that this one had.
    Dropped,
}

impl HubError {
    /// Why, without saying again that there is none.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Absent(why) => why.clone(),
            other => other.to_string(),
        }
    }

    /// For an answer to another question.
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
