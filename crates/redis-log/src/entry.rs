//! An event as the fields of an entry: `topic` (once for each), `event` if it is named, `data`. Any other
//! program may write such entries too; fields of other names are passed over. An entry with the one field
//! `sse-begins` is the first of a stream.

use event_stream::EventType;
use hub_protocol::{EventId, EventName, Publication, Topic, Topics};
use redis::Cmd;

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
    /// What was published.
    pub publication: Publication,
}

/// An entry as Redis gives it: its id, its fields and their values by turns.
pub(crate) type RawEntry = (String, Vec<Vec<u8>>);

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

/// Whether these fields are those of an entry that begins a stream.
pub(crate) fn is_beginning(fields: &[Vec<u8>]) -> bool {
    matches!(fields, [name, _] if name == BEGINNING.as_bytes())
}

/// The event that these fields say, or why they say none.
pub(crate) fn read_fields(fields: Vec<Vec<u8>>) -> Result<Publication, String> {
    let (mut topics, mut event, mut data) = (Vec::new(), None, None);
    let mut fields = fields.into_iter();
    while let (Some(name), Some(value)) = (fields.next(), fields.next()) {
        match &name[..] {
            TOPIC => topics.push(Topic::new(&value).map_err(|why| format!("topic {why}"))?),
            EVENT => {
                let name = EventType::new(&value).map_err(|why| format!("event {why}"))?;
                let name = EventName::to_publish(name).map_err(|why| format!("event {why}"))?;
                event = Some(name);
            }
            DATA => data = Some(value),
            _ => {}
        }
    }
    let topics = Topics::try_from(topics).map_err(|why| format!("topic {why}"))?;
    let data = data.ok_or("data is missing")?;
    Ok(Publication { topics, event, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(fields: &[&[u8]]) -> Result<Publication, String> {
        read_fields(fields.iter().map(|field| field.to_vec()).collect())
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
                redis::Arg::Simple(bytes) => bytes.to_vec(),
                _ => panic!("a cursor"),
            });
            assert_eq!(read_fields(written.collect()), Ok(publication));
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
}
