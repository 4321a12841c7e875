//! Topics, checked: the names under which events are published.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::bounded::at_most;

/// The most topics that a message may name.
pub const MAX_TOPICS: usize = 256;

/// The name of a topic: 1 to 256 bytes of UTF-8 without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Box<str>", into = "Box<str>")]
pub struct Topic(Box<str>);

/// One to [`MAX_TOPICS`] topics, each once, sorted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Vec<Topic>")]
pub struct Topics(Box<[Topic]>);

/// The reason why a topic, or a list of topics, is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTopic {
    /// A name of no bytes.
    Empty,
    /// A name of more than [`Topic::MAX_LENGTH`] bytes.
    TooLong,
    /// A control character in a name.
    Control,
    /// A name that is not UTF-8.
    NotUtf8,
    /// No topic at all.
    None,
    /// More than [`MAX_TOPICS`] of them.
    TooMany,
}

impl fmt::Display for InvalidTopic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "must not be an empty topic",
            Self::TooLong => "must not be a topic of more than 256 bytes",
            Self::Control => "must not be a topic with control characters",
            Self::NotUtf8 => "must be a topic in UTF-8",
            Self::None => "must name at least one topic",
            Self::TooMany => "must not name more than 256 topics",
        })
    }
}

impl Error for InvalidTopic {}

impl Topic {
    /// The longest name, in bytes.
    pub const MAX_LENGTH: usize = 256;

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`InvalidTopic`] when it is empty, too long, not UTF-8 or has control characters.
    pub fn new(name: &[u8]) -> Result<Self, InvalidTopic> {
        let name = str::from_utf8(name).map_err(|_| InvalidTopic::NotUtf8)?;
        Self::try_from(Box::from(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Box<str>> for Topic {
    type Error = InvalidTopic;

    fn try_from(name: Box<str>) -> Result<Self, InvalidTopic> {
        match name.len() {
            0 => Err(InvalidTopic::Empty),
            1..=Self::MAX_LENGTH if name.contains(char::is_control) => Err(InvalidTopic::Control),
            1..=Self::MAX_LENGTH => Ok(Self(name)),
            _ => Err(InvalidTopic::TooLong),
        }
    }
}

impl From<Topic> for Box<str> {
    fn from(topic: Topic) -> Self {
        topic.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Deref for Topics {
    type Target = [Topic];

    fn deref(&self) -> &[Topic] {
        &self.0
    }
}

impl TryFrom<Vec<Topic>> for Topics {
    type Error = InvalidTopic;

    fn try_from(mut topics: Vec<Topic>) -> Result<Self, InvalidTopic> {
        topics.sort_unstable();
        topics.dedup();
        match topics.len() {
            0 => Err(InvalidTopic::None),
            1..=MAX_TOPICS => Ok(Self(topics.into())),
            _ => Err(InvalidTopic::TooMany),
        }
    }
}

impl<'de> Deserialize<'de> for Topics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let topics: Vec<Topic> = at_most::<MAX_TOPICS, _, _>(deserializer)?;
        Self::try_from(topics).map_err(D::Error::custom)
    }
}

impl From<Topics> for Vec<Topic> {
    fn from(topics: Topics) -> Self {
        topics.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_256_bytes_and_no_control_character() {
        for good in ["a", "orders.42", "Grüße", &"x".repeat(256)] {
            assert_eq!(Topic::new(good.as_bytes()).unwrap().as_str(), good);
        }
        assert_eq!(Topic::new(b""), Err(InvalidTopic::Empty));
        assert_eq!(Topic::new(&[b'x'; 257]), Err(InvalidTopic::TooLong));
        assert_eq!(Topic::new(b"\xff"), Err(InvalidTopic::NotUtf8));
        for bad in ["a\n", "\0", "\u{7f}", "\u{85}"] {
            assert_eq!(Topic::new(bad.as_bytes()), Err(InvalidTopic::Control), "{bad:?}");
        }
    }

    #[test]
    fn topics_are_each_there_once_and_in_order() {
        let topic = |name: &str| Topic::new(name.as_bytes()).unwrap();
        let topics = Topics::try_from(vec![topic("b"), topic("a"), topic("b")]).unwrap();
        assert_eq!(*topics, [topic("a"), topic("b")]);
        assert_eq!(Topics::try_from(vec![]), Err(InvalidTopic::None));
        let many: Vec<Topic> = (0..=MAX_TOPICS).map(|i| topic(&i.to_string())).collect();
        assert_eq!(Topics::try_from(many), Err(InvalidTopic::TooMany));
    }
}
