//! What must hold for every event and every stream. The property tests and the fuzzers try to
//! break these.

use event_stream::{Event, EventTooLarge, Heartbeat, ParsedEvent, Parser, Retry};

use crate::naive;

/// What an event encodes to is, for a client, that event: nothing more, nothing less, and nothing
/// that reaches into its neighbours.
pub(crate) fn a_client_reads_what_was_encoded(event: &Event) {
    let mut encoded = Vec::new();
    event.encode_into(&mut encoded);

    let mut stream = b"id: before\ndata: before\n\n".to_vec();
    event.encode_into(&mut stream);
    assert!(stream.ends_with(&encoded), "what is appended does not depend on the buffer");
    stream.extend_from_slice(b"data: after\n\n");

    let client = naive::parse(&stream);
    let last_event_id = event.id.map_or("before", |id| id.as_str());
    assert_eq!(client.dispatched, dispatched_between_neighbours(event, last_event_id));
    assert_eq!(client.last_event_id, last_event_id);
    assert_eq!(client.reconnection_time, event.retry.map(Retry::as_millis));

    let comments = event.comment.map(received_text).unwrap_or_default();
    let comment_lines = event.comment.map(|_| comments.split('\n').collect::<Vec<_>>());
    let received: Vec<_> =
        client.comments.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    assert_eq!(received, comment_lines.unwrap_or_default());

    a_heartbeat_at_a_line_start_changes_nothing(&stream);
}

/// What a client dispatches: the event before, this one if it has data, and the event after.
fn dispatched_between_neighbours(event: &Event, last_event_id: &str) -> Vec<naive::Dispatched> {
    let dispatched = |data: &str, event_type: &str, last_event_id: &str| naive::Dispatched {
        event_type: event_type.to_owned(),
        data: data.to_owned(),
        last_event_id: last_event_id.to_owned(),
        id: None,
        retry: None,
    };
    let mut expected = vec![naive::Dispatched {
        id: Some("before".to_owned()),
        ..dispatched("before", "message", "before")
    }];
    if let Some(data) = event.data {
        let event_type = event.event.map_or("", |event| event.as_str());
        let event_type = if event_type.is_empty() { "message" } else { event_type };
        expected.push(naive::Dispatched {
            id: event.id.map(|id| id.as_str().to_owned()),
            retry: event.retry.map(Retry::as_millis),
            ..dispatched(&received_text(data), event_type, last_event_id)
        });
    }
    expected.push(dispatched("after", "message", last_event_id));
    expected
}

/// The text that reaches a client: UTF-8 decoded, and every line end an LF.
fn received_text(bytes: &[u8]) -> String {
    let text: String = naive::decode(bytes).into_iter().collect();
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// For streams whose lines end in LF, as those of the encoder do.
fn a_heartbeat_at_a_line_start_changes_nothing(stream: &[u8]) {
    for heartbeat in [Heartbeat::default(), Heartbeat::new("keep-alive").expect("it is short")] {
        let mut with_heartbeats = heartbeat.line().to_vec();
        for line in stream.split_inclusive(|byte| *byte == b'\n') {
            with_heartbeats.extend_from_slice(line);
            with_heartbeats.extend_from_slice(heartbeat.line());
        }
        assert_eq!(naive::parse(&with_heartbeats).dispatched, naive::parse(stream).dispatched);
    }
}

/// The parser reads what the standard says, and where the chunks end does not matter.
pub(crate) fn the_parser_reads_what_the_standard_says<'c>(
    chunks: impl IntoIterator<Item = &'c [u8]>,
) -> Vec<ParsedEvent> {
    let (mut parser, mut events, mut stream) = (Parser::new(), Vec::new(), Vec::new());
    for chunk in chunks {
        parser.feed(chunk, |event| events.push(event)).expect("no event is too large");
        stream.extend_from_slice(chunk);
        // Nothing that could have been dispatched already is held back for a later chunk.
        let client = naive::parse(&stream);
        let parsed: Vec<_> = events.iter().map(as_parsed).collect();
        let dispatched: Vec<_> = client.dispatched.iter().map(as_dispatched).collect();
        assert_eq!(parsed, dispatched);
        assert_eq!(parser.last_event_id(), client.last_event_id);
        assert_eq!(parser.retry().map(Retry::as_millis), client.reconnection_time);
    }
    events
}

/// An event type, data, and the block's own ID and reconnection time.
type Seen<'a> = (&'a str, &'a str, Option<&'a str>, Option<u64>);

fn as_parsed(event: &ParsedEvent) -> Seen<'_> {
    let event_type = event.event.as_deref().unwrap_or("message");
    (event_type, &event.data, event.id.as_deref(), event.retry.map(Retry::as_millis))
}

fn as_dispatched(event: &naive::Dispatched) -> Seen<'_> {
    (&event.event_type, &event.data, event.id.as_deref(), event.retry)
}

/// Under a limit, too, the chunks change nothing: the same events are too large, and the same
/// others are dispatched.
pub(crate) fn a_limit_cuts_the_same_events_in_any_chunks(stream: &[u8], limit: usize) {
    let whole = dispatched_under_a_limit(limit, [stream]);
    let by_byte = dispatched_under_a_limit(limit, stream.chunks(1));
    assert_eq!(by_byte.0, whole.0);
    assert_eq!(by_byte.1.is_some(), whole.1.is_some());
}

fn dispatched_under_a_limit<'c>(
    limit: usize,
    chunks: impl IntoIterator<Item = &'c [u8]>,
) -> (Vec<ParsedEvent>, Option<EventTooLarge>) {
    let (mut parser, mut events, mut error) =
        (Parser::with_max_event_size(limit), Vec::new(), None);
    for chunk in chunks {
        error = parser.feed(chunk, |event| events.push(event)).err().or(error);
    }
    (events, error)
}
