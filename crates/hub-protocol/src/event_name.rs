//! The type of a published event, checked: at most 256 bytes, and none of the hub's own.

use std::error::Error;
use std::fmt;

use event_stream::{EventType, FieldError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The type of an event: at most 256 bytes of UTF-8 without line breaks and NUL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<str>", into = "Box<str>")]
pub struct EventName(Box<str>);

/// The reason why a text cannot be the type of an event.
///
/// Its text goes after the name of the value: "the event type *must be at most 256 bytes*".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidName {
    /// The format cannot hold it.
    Field(FieldError),
    /// It has more than [`EventName::MAX_LENGTH`] bytes.
    TooLong,
    /// It is one of the hub's own.
    Reserved,
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(error) => error.fmt(f),
            Self::TooLong => f.write_str("must be at most 256 bytes"),
            Self::Reserved => {
                f.write_str(r#"must not be "reset" or begin with "sse:": the hub's own events are of these types"#)
            }
        }
    }
}

impl Error for InvalidName {}

impl EventName {
    /// The longest, in bytes.
    pub const MAX_LENGTH: usize = 256;

    /// The type of the event that tells a client that it has missed others.
    pub const RESET: &'static str = "reset";

    /// Checks the type of an event to publish: it must not be one of the hub's own.
    ///
    /// # Errors
    ///
    /// [`InvalidName`].
    pub fn to_publish(event: EventType<'_>) -> Result<Self, InvalidName> {
        Self::try_from(event).and_then(Self::not_reserved)
    }

    /// The type, as the `event` field has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn not_reserved(self) -> Result<Self, InvalidName> {
        let is_reserved = EventType::new(self.0.as_bytes()).is_ok_and(EventType::is_reserved);
        if is_reserved || *self.0 == *Self::RESET { Err(InvalidName::Reserved) } else { Ok(self) }
    }
}

impl TryFrom<EventType<'_>> for EventName {
    type Error = InvalidName;

    fn try_from(event: EventType<'_>) -> Result<Self, InvalidName> {
        let name = event.as_str();
        if name.len() > Self::MAX_LENGTH {
            Err(InvalidName::TooLong)
        } else {
            Ok(Self(name.into()))
        }
    }
}

impl TryFrom<Box<str>> for EventName {
    type Error = InvalidName;

    fn try_from(name: Box<str>) -> Result<Self, InvalidName> {
        Self::try_from(EventType::new(name.as_bytes()).map_err(InvalidName::Field)?)
    }
}

impl From<EventName> for Box<str> {
    fn from(name: EventName) -> Self {
        name.0
    }
}

/// Decodes the type of an event to publish.
pub(crate) fn to_publish<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<EventName>, D::Error> {
    let name = Option::<EventName>::deserialize(deserializer)?;
    name.map(EventName::not_reserved).transpose().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(name: &str) -> Result<EventName, InvalidName> {
        EventName::to_publish(EventType::new(name.as_bytes()).unwrap())
    }

    #[test]
    fn a_name_has_at_most_256_bytes() {
        assert_eq!(publish(&"n".repeat(256)).unwrap().as_str(), "n".repeat(256));
        assert_eq!(publish(&"n".repeat(257)), Err(InvalidName::TooLong));
        assert_eq!(
            EventName::try_from(Box::from("a\nb")),
            Err(InvalidName::Field(FieldError::LineBreak))
        );
    }

    #[test]
    fn the_names_of_the_hubs_own_events_are_nobody_elses() {
        for reserved in ["reset", "sse:position", "sse:", "sse:anything"] {
            assert_eq!(publish(reserved), Err(InvalidName::Reserved), "{reserved}");
        }
        for free in ["resets", "Reset", "sse", "sse.position", "", "message"] {
            assert!(publish(free).is_ok(), "{free}");
        }
    }
}
