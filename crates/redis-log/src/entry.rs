//! Encodes an event as fields of a Redis entry: `topic` (one field each), `event`, `data`.
//!
//! There is no `event` field if the event has no name. Other programs may write such entries, too; fields of other
//! names are ignored. An entry with the one field `sse-begins` is the first of a stream.

use std::error::Error;
use std::fmt;

use event_stream::{EventType, FieldError};
use hub_protocol::{EventId, EventName, InvalidName, InvalidTopic, Publication, Topic, Topics};
use redis::{Cmd, FromRedisValue, ParsingError, Value};

/// The field of an entry that begins a stream, and is no event.
pub(crate) const BEGINNING: &str = "sse-begins";

const TOPIC: &[u8] = b"topic";
const EVENT: &[u8] = b"event";
const DATA: &[u8] = b"data";

/// An event of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Redis' id.
    pub id: EventId,
    /// The event as it was published.
    pub publication: Publication,
}

/// An entry as Redis replies it: its id, and its fields and values by turns.
pub(crate) type RawEntry = (String, Vec<Field>);

/// The name of a field, or its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Bytes(Vec<u8>),
    /// This many bytes, which were not kept.
    TooLong(usize),
}

impl FromRedisValue for Field {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        match value {
            Value::BulkString(bytes) => Ok(Self::Bytes(bytes)),
            Value::Int(length) => Ok(Self::TooLong(usize::try_from(length).unwrap_or_default())),
            _ => Err("a field that is no string".into()),
        }
    }
}

impl Field {
    /// The number of bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::TooLong(length) => *length,
        }
    }
}

/// Entries that follow one another.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) entries: Vec<RawEntry>,
    /// True if a later entry did not fit, and has to be asked for again.
    pub(crate) is_cut: bool,
}

impl Part {
    /// Cuts before the first entry that did not fit, though within `max_event`: it has to be asked for again.
    /// The first `needed` entries are never cut: one that does not fit even there is too large altogether.
    pub(crate) fn new(mut entries: Vec<RawEntry>, needed: usize, max_event: usize) -> Self {
        let no_room = |(_, fields): &RawEntry| {
            fields
                .iter()
                .any(|field| matches!(field, Field::TooLong(length) if *length <= max_event))
        };
        let cut = entries.iter().position(no_room).map(|first| first.max(needed));
        let is_cut = cut.is_some_and(|first| first < entries.len());
        entries.truncate(cut.unwrap_or(usize::MAX));
        Self { entries, is_cut }
    }
}

/// An entry that is an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) publication: Publication,
    /// The size of its data, if that is too large to pass on. The publication is a `reset` then, which tells
    /// subscribers that an event is missing.
    pub(crate) too_long: Option<usize>,
}

/// The reason why an entry is not an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotAnEvent {
    Topic(InvalidTopic),
    EventType(FieldError),
    EventName(InvalidName),
    NameTooLong,
    NoData,
}

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(why) => write!(f, "topic {why}"),
            Self::EventType(why) => write!(f, "event {why}"),
            Self::EventName(why) => write!(f, "event {why}"),
            Self::NameTooLong => f.write_str("a name is too long"),
            Self::NoData => f.write_str("data is missing"),
        }
    }
}

impl Error for NotAnEvent {}

/// Adds the fields to an XADD.
pub(crate) fn add_fields(command: &mut Cmd, publication: &Publication) {
    for topic in publication.topics.iter() {
        command.arg(TOPIC).arg(topic.as_str());
    }
    if let Some(event) = &publication.event {
        command.arg(EVENT).arg(event.as_str());
    }
    command.arg(DATA).arg(&publication.data[..]);
}

/// True if these are the fields of an entry that begins a stream.
pub(crate) fn is_beginning(fields: &[Field]) -> bool {
    matches!(fields, [Field::Bytes(name), _] if name == BEGINNING.as_bytes())
}

/// Reads the event that these fields describe.
pub(crate) fn decode_fields(fields: Vec<Field>, max_event: usize) -> Result<Decoded, NotAnEvent> {
    let (mut topics, mut event, mut data) = (Vec::new(), None, None);
    let mut fields = fields.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        let Field::Bytes(name) = name else { continue };
        match (&name[..], value) {
            (TOPIC, Field::Bytes(value)) => {
                topics.push(Topic::new(&value).map_err(NotAnEvent::Topic)?);
            }
            (EVENT, Field::Bytes(value)) => event = Some(event_name(&value)?),
            (DATA, value) => data = Some(value),
            (TOPIC | EVENT, Field::TooLong(_)) => return Err(NotAnEvent::NameTooLong),
            _ => {}
        }
    }
    let topics = Topics::try_from(topics).map_err(NotAnEvent::Topic)?;
    match data.ok_or(NotAnEvent::NoData)? {
        Field::Bytes(data) if data.len() <= max_event => {
            Ok(Decoded { publication: Publication { topics, event, data }, too_long: None })
        }
        Field::Bytes(data) => Ok(reset_event(topics, data.len())),
        Field::TooLong(length) => Ok(reset_event(topics, length)),
    }
}

/// Returns the `reset` that replaces an event that is too large, as it replaces all that a client cannot get.
fn reset_event(topics: Topics, length: usize) -> Decoded {
    let data = br#"{"lastEventId":null}"#.to_vec();
    let event = EventType::new(EventName::RESET.as_bytes()).ok();
    let event = event.and_then(|name| EventName::try_from(name).ok());
    Decoded { publication: Publication { topics, event, data }, too_long: Some(length) }
}

fn event_name(name: &[u8]) -> Result<EventName, NotAnEvent> {
    let name = EventType::new(name).map_err(NotAnEvent::EventType)?;
    EventName::to_publish(name).map_err(NotAnEvent::EventName)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[&[u8]]) -> Result<Publication, String> {
        let fields = fields.iter().map(|field| Field::Bytes(field.to_vec())).collect();
        let decoded = decode_fields(fields, 100).map_err(|why| why.to_string())?;
        Ok(decoded.publication)
    }

    #[test]
    fn an_event_is_read_as_it_is_written() {
        let topics = ["b", "a"].map(|name| Topic::new(name.as_bytes()).unwrap());
        for event in [None, Some(EventType::new(b"tick").unwrap().try_into().unwrap())] {
            let topics = Topics::try_from(topics.to_vec()).unwrap();
            let publication = Publication { topics, event, data: b"\r\n\0\xff".to_vec() };
            let mut command = Cmd::new();
            add_fields(&mut command, &publication);
            let written = command.args_iter().map(|arg| match arg {
                redis::Arg::Simple(bytes) => Field::Bytes(bytes.to_vec()),
                _ => panic!("a cursor"),
            });
            let decoded = Decoded { publication, too_long: None };
            assert_eq!(decode_fields(written.collect(), 100), Ok(decoded));
        }
    }

    #[test]
    fn what_is_no_event_of_ours_says_why() {
        let wrong: [(&[&[u8]], &str); 6] = [
            (&[], "topic must name at least one topic"),
            (&[b"topic", b"a"], "data is missing"),
            (
                &[b"topic", b"a\n", b"data", b""],
                "topic must not be a topic with control characters",
            ),
            (&[b"topic", b"a", b"topic"], "data is missing"),
            (&[b"data", b"x"], "topic must name at least one topic"),
            (&[b"topic", b"", b"data", b""], "topic must not be an empty topic"),
        ];
        for (wrong, why) in wrong {
            assert_eq!(fields(wrong), Err(why.to_owned()), "{wrong:?}");
        }
        for event in [&b"a\nb"[..], b"reset", b"sse:position", &[b'n'; 257]] {
            assert!(fields(&[b"topic", b"a", b"event", event, b"data", b""]).is_err(), "{event:?}");
        }
        assert!(fields(&[b"new", b"", b"topic", b"a", b"data", b""]).is_ok());
    }

    #[test]
    fn who_follows_an_event_that_is_too_large_is_told_that_it_is_missing() {
        let bytes = |text: &[u8]| Field::Bytes(text.to_vec());
        let with = |data| vec![bytes(b"topic"), bytes(b"a"), bytes(b"data"), data];
        for (data, length) in [(bytes(&[b'x'; 101]), 101), (Field::TooLong(20), 20)] {
            let decoded = decode_fields(with(data), 100).unwrap();
            assert_eq!(decoded.too_long, Some(length));
            assert_eq!(decoded.publication.event.unwrap().as_str(), "reset");
            assert_eq!(decoded.publication.topics[0].as_str(), "a");
        }
        assert_eq!(decode_fields(with(bytes(&[b'x'; 100])), 100).unwrap().too_long, None);
    }

    #[test]
    fn a_page_ends_before_what_there_was_no_room_for() {
        let entry = |field: Field| ("1-1".to_owned(), vec![field]);
        let (kept, left) = (entry(Field::Bytes(vec![])), entry(Field::TooLong(100)));
        let too_long = entry(Field::TooLong(101));
        let part = |entries: &[&RawEntry], needed| {
            let part = Part::new(entries.iter().copied().cloned().collect(), needed, 100);
            (part.entries.len(), part.is_cut)
        };
        assert_eq!(part(&[], 1), (0, false));
        assert_eq!(part(&[&kept, &too_long], 1), (2, false));
        assert_eq!(part(&[&kept, &left], 1), (1, true));
        assert_eq!(part(&[&left, &kept], 1), (1, true));
        assert_eq!(part(&[&left], 1), (1, false));
        assert_eq!(part(&[&kept, &left, &left], 2), (2, true));
    }
}
