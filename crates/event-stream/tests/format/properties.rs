//! The laws, over arbitrary events and streams, made mostly of the bytes that mean something.

use event_stream::{Event, EventId, EventType, Retry};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::laws;

/// Bytes that mean something, put together so that lines, fields and blank lines come about.
fn stream_bytes() -> impl Strategy<Value = Vec<u8>> {
    let token = select(vec![
        b"data".as_slice(),
        b"data:",
        b"data: ",
        b"event: ",
        b"id:",
        b"id: ",
        b"retry: ",
        b"42",
        b"unknown: ",
        b":",
        b" ",
        b"\n",
        b"\n",
        b"\n\n",
        b"\r",
        b"\r\n",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\xEF",
        b"\xE2\x82\xAC",
        b"\xE2\x82",
        b"\xF0\x9F\x99\x82",
        b"\xFF",
        b"x",
        b"event: message\n",
        b"data: x\n",
    ]);
    vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

/// The same, and now and then bytes without any such order.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => stream_bytes(), 1 => vec(any::<u8>(), 0..100)]
}

fn one_line() -> impl Strategy<Value = String> {
    "[^\r\n\0]{0,20}"
}

proptest! {
    #[test]
    fn a_client_reads_what_was_encoded(
        comment in option::of(any_bytes()),
        id in option::of(one_line()),
        event in option::of(one_line()),
        retry in option::of(any::<u64>()),
        data in option::of(any_bytes()),
    ) {
        laws::a_client_reads_what_was_encoded(&Event {
            comment: comment.as_deref(),
            id: id.as_ref().map(|id| EventId::new(id.as_bytes()).unwrap()),
            event: event.as_ref().map(|event| EventType::new(event.as_bytes()).unwrap()),
            retry: retry.map(Retry::from_millis),
            data: data.as_deref(),
        });
    }

    #[test]
    fn a_value_is_accepted_if_and_only_if_it_is_one_line_of_utf_8_without_nul(
        value in any_bytes(),
    ) {
        let valid = str::from_utf8(&value).is_ok_and(|text| !text.contains(['\r', '\n', '\0']));
        prop_assert_eq!(EventId::new(&value).is_ok(), valid);
        prop_assert_eq!(EventType::new(&value).is_ok(), valid);
    }

    #[test]
    fn the_parser_reads_what_the_standard_says_wherever_chunks_end(
        chunks in vec(any_bytes(), 0..6),
    ) {
        let stream = chunks.concat();
        laws::the_parser_reads_what_the_standard_says(chunks.iter().map(Vec::as_slice));
        laws::the_parser_reads_what_the_standard_says(stream.chunks(1));
    }

    #[test]
    fn a_limit_cuts_the_same_events_in_any_chunks(stream in stream_bytes(), limit in 0..50_usize) {
        laws::a_limit_cuts_the_same_events_in_any_chunks(&stream, limit);
    }
}
