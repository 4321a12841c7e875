//! Lengths at their limits and beyond them.

use content_coding::{Coding, Progress};
use hub_protocol::{
    Coded, EventId, Framing, HeartbeatText, Limit, MAX_LIMITS, MAX_MESSAGE, MAX_TOPICS,
    MessageError, Messages, Publication, Reply, Request, Response, Subscription, Topic, Topics,
    encode,
};

use crate::laws::messages_in;

/// A message with this body, whatever it is.
fn message(body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
}

fn limit() -> Limit {
    Limit { key: Vec::new(), max: 1, drops_oldest: false }
}

fn publish(data: Vec<u8>) -> Request {
    let topics = Topics::try_from(vec![Topic::new(b"t").unwrap()]).unwrap();
    Request::Publish(Publication { topics, event: None, data })
}

#[test]
fn a_body_may_have_the_greatest_length_and_not_a_byte_more() {
    let around = encode(&publish(vec![b'x'; MAX_MESSAGE / 2])).unwrap().len() - 4 - MAX_MESSAGE / 2;
    let longest = publish(vec![b'x'; MAX_MESSAGE - around]);
    let bytes = encode(&longest).unwrap();
    assert_eq!(bytes.len(), 4 + MAX_MESSAGE);
    assert_eq!(messages_in(bytes.chunks(100_000)), (vec![longest], None));

    let longer = publish(vec![b'x'; MAX_MESSAGE - around + 1]);
    assert_eq!(encode(&longer), Err(MessageError::TooLong(MAX_MESSAGE + 1)));
    let prefix = u32::try_from(MAX_MESSAGE + 1).unwrap().to_le_bytes();
    let refused = messages_in::<Request>([&prefix[..]]);
    assert_eq!(refused, (vec![], Some(MessageError::TooLong(MAX_MESSAGE + 1))));
}

#[test]
fn a_message_that_has_not_arrived_whole_is_waited_for() {
    let bytes = encode(&publish(vec![b'x'; 300])).unwrap();
    for cut in 0..bytes.len() {
        assert_eq!(messages_in::<Request>([&bytes[..cut]]), (vec![], None), "{cut}");
    }
}

#[test]
fn bytes_after_the_end_of_a_body_are_malformed() {
    let mut body = encode(&Request::Status).unwrap().split_off(4);
    assert_eq!(messages_in([&message(&body)[..]]), (vec![Request::Status], None));
    body.push(0);
    let refused = messages_in::<Request>([&message(&body)[..]]);
    assert_eq!(refused, (vec![], Some(MessageError::Malformed)));
}

#[test]
fn a_body_of_no_bytes_or_of_an_unknown_kind_is_malformed() {
    for body in [&b""[..], b"\x20", b"\xff\xff\xff\xff\xff"] {
        let refused = messages_in::<Request>([&message(body)[..]]);
        assert_eq!(refused, (vec![], Some(MessageError::Malformed)), "{body:?}");
    }
}

#[test]
fn an_invalid_topic_or_name_is_malformed() {
    // Publish; one topic "t"; an event "e"; no data.
    let valid = *b"\x00\x01\x01t\x01\x01e\x00";
    assert_eq!(messages_in::<Request>([&message(&valid)[..]]).1, None);
    for (at, wrong) in [(3, b'\n'), (3, 0xff), (6, b'\n'), (6, b'\0'), (6, 0xff), (1, 0), (2, 0)] {
        let mut body = valid;
        body[at] = wrong;
        let error = messages_in::<Request>([&message(&body)[..]]).1;
        assert_eq!(error, Some(MessageError::Malformed), "{body:?}");
    }
}

#[test]
fn a_coding_that_nobody_knows_is_malformed() {
    let coded = Coded { coding: Coding::Deflate, progress: Progress::from_numbers((7, 9, true)) };
    let response = Response { framing: Framing::Raw, before: vec![], coding: Some(coded) };
    let topics = Topics::try_from(vec![Topic::new(b"t").unwrap()]).unwrap();
    let subscription = Subscription {
        topics,
        last_event_id: None,
        position_sent: false,
        began: 0,
        heartbeat: 0,
        heartbeat_text: HeartbeatText::default(),
        lifetime: 0,
        retry: 0,
        shutdown_retry: 0,
        write_timeout: 0,
    };
    let mut bytes = encode(&Request::HandOver { subscription, response }).unwrap();
    assert_eq!(messages_in::<Request>([&bytes[..]]).1, None);
    // Behind the framing and no bytes before: there is one, the last coding, its checksum, its length, an open frame.
    assert!(bytes.ends_with(&[1, 3, 7, 9, 1]), "{bytes:?}");
    let at = bytes.len() - 4;
    for unknown in [4, 0xff] {
        bytes[at] = unknown;
        assert_eq!(messages_in::<Request>([&bytes[..]]).1, Some(MessageError::Malformed));
    }
}

#[test]
fn lists_end_at_their_limits() {
    let topics = |count: usize| {
        let topic = |i: usize| Topic::new(format!("{i:03}").as_bytes()).unwrap();
        (0..count).map(topic).collect::<Vec<_>>()
    };
    let delivery = |count| {
        Reply::Delivery(hub_protocol::Delivery {
            id: EventId::ZERO,
            topics: topics(count),
            event: None,
            data: vec![],
        })
    };
    let limits = |count| Request::Lease(vec![limit(); count]);
    let (most, more) = (encode(&limits(MAX_LIMITS)), encode(&limits(MAX_LIMITS + 1)));
    assert_eq!(messages_in::<Request>([&most.unwrap()[..]]).1, None);
    assert_eq!(messages_in::<Request>([&more.unwrap()[..]]).1, Some(MessageError::Malformed));
    let (most, more) = (encode(&delivery(MAX_TOPICS)), encode(&delivery(MAX_TOPICS + 1)));
    assert_eq!(messages_in::<Reply>([&most.unwrap()[..]]).1, None);
    assert_eq!(messages_in::<Reply>([&more.unwrap()[..]]).1, Some(MessageError::Malformed));
}

#[test]
fn the_memory_of_a_large_message_is_let_go() {
    let mut messages = Messages::default();
    let large = encode(&publish(vec![b'x'; MAX_MESSAGE / 2])).unwrap();
    let small = encode(&Request::Status).unwrap();
    for chunk in large.chunks(64 * 1024) {
        messages.feed(chunk);
    }
    messages.feed(&small[..3]);
    assert!(messages.next_message::<Request>().unwrap().is_some());
    assert!(messages.capacity() <= 64 * 1024, "{}", messages.capacity());
    assert_eq!(messages.rest(), &small[..3], "what has come of the next one stays");
    messages.feed(&small[3..]);
    assert_eq!(messages.next_message(), Ok(Some(Request::Status)));
}
