//! Arbitrary fields: what they encode to is read back as that event by a parser that shares no
//! code with the encoder, and nothing of it breaks out.

#![no_main]

use event_stream::{Event, EventId, EventType, Retry};
use libfuzzer_sys::arbitrary::Arbitrary;
use libfuzzer_sys::{arbitrary, fuzz_target};

#[path = "../../crates/event-stream/tests/format/laws.rs"]
#[allow(dead_code, reason = "the tests hold the crate to more laws than this target")]
mod laws;
#[path = "../../crates/event-stream/tests/format/naive.rs"]
mod naive;

#[derive(Arbitrary, Debug)]
struct Fields {
    comment: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    event: Option<Vec<u8>>,
    retry: Option<u64>,
    data: Option<Vec<u8>>,
}

fuzz_target!(|fields: Fields| {
    laws::a_client_reads_what_was_encoded(&Event {
        comment: fields.comment.as_deref(),
        id: fields.id.as_ref().and_then(|id| EventId::new(id).ok()),
        event: fields.event.as_ref().and_then(|event| EventType::new(event).ok()),
        retry: fields.retry.map(Retry::from_millis),
        data: fields.data.as_deref(),
    });
});
