//! Every kind of message, with anything in it that is valid.

use std::collections::BTreeSet;

use content_coding::{Coding, Progress};
use event_stream::EventType;
use hub_protocol::{
    Coded, Delivery, EventId, EventName, Framing, HeartbeatText, Limit, Publication, Refusal,
    Reply, Request, Response, Subscription, Topic, Topics,
};
use proptest::{collection::vec, option, prelude::*, sample::Index};

pub(crate) fn request() -> impl Strategy<Value = Request> {
    prop_oneof![
        publication().prop_map(Request::Publish),
        subscription().prop_map(Request::Subscribe),
        (subscription(), response())
            .prop_map(|(subscription, response)| Request::HandOver { subscription, response }),
        vec(limit(), 0..=16).prop_map(Request::Lease),
        Just(Request::Commit),
        Just(Request::Status),
        Just(Request::Metrics),
        Just(Request::Stop),
        Just(Request::Upgrade),
    ]
}

pub(crate) fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        id().prop_map(Reply::Published),
        delivery().prop_map(Reply::Delivery),
        limit().prop_map(Reply::Exceeded),
        any::<String>().prop_map(Reply::Status),
        any::<String>().prop_map(Reply::Metrics),
        (refusal(), any::<String>())
            .prop_map(|(refusal, message)| Reply::Refused { refusal, message }),
        Just(Reply::Subscribed),
        Just(Reply::Accepted),
        Just(Reply::Granted),
        Just(Reply::Dropped),
        Just(Reply::Stopping),
        Just(Reply::Upgraded),
    ]
}

fn topic() -> impl Strategy<Value = Topic> {
    "[^\\p{Cc}]{1,64}".prop_map(|name| Topic::new(name.as_bytes()).unwrap())
}

fn topics() -> impl Strategy<Value = Topics> {
    let some = vec(topic(), 1..8);
    some.prop_map(|topics| {
        let each_once: BTreeSet<Topic> = topics.into_iter().collect();
        Topics::try_from(each_once.into_iter().collect::<Vec<_>>()).unwrap()
    })
}

fn name() -> impl Strategy<Value = EventName> {
    "[^\\r\\n\\x00]{0,32}".prop_filter_map("a name of the hub's own", |name| {
        EventName::to_publish(EventType::new(name.as_bytes()).unwrap()).ok()
    })
}

fn id() -> impl Strategy<Value = EventId> {
    any::<(u64, u64)>().prop_map(|(milliseconds, sequence)| EventId { milliseconds, sequence })
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..512)
}

fn publication() -> impl Strategy<Value = Publication> {
    (topics(), option::of(name()), data()).prop_map(|(topics, event, data)| Publication {
        topics,
        event,
        data,
    })
}

fn delivery() -> impl Strategy<Value = Delivery> {
    (id(), vec(topic(), 0..8), option::of(name()), data())
        .prop_map(|(id, topics, event, data)| Delivery { id, topics, event, data })
}

fn subscription() -> impl Strategy<Value = Subscription> {
    let times = any::<(u64, u32, u64, u32, u32, u32)>();
    let text =
        "[^\\p{Cc}]{0,16}".prop_map(|text| HeartbeatText::try_from(Box::from(text)).unwrap());
    let says = (any::<(Option<String>, bool)>(), text);
    (topics(), says, times).prop_map(
        |(topics, ((last_event_id, position_sent), heartbeat_text), times)| {
            let (began, heartbeat, lifetime, retry, shutdown_retry, write_timeout) = times;
            Subscription {
                topics,
                last_event_id,
                position_sent,
                began,
                heartbeat,
                heartbeat_text,
                lifetime,
                retry,
                shutdown_retry,
                write_timeout,
            }
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    let framing = prop_oneof![
        Just(Framing::Raw),
        Just(Framing::Chunked),
        (1u16.., any::<bool>())
            .prop_map(|(request_id, is_kept)| Framing::FastCgi { request_id, is_kept }),
    ];
    (framing, data(), option::of(coded())).prop_map(|(framing, before, coding)| Response {
        framing,
        before,
        coding,
    })
}

fn coded() -> impl Strategy<Value = Coded> {
    (any::<Index>(), any::<(u32, u32, bool)>()).prop_map(|(coding, numbers)| {
        let progress = Progress::from_numbers(numbers);
        Coded { coding: *coding.get(&Coding::ALL), progress }
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    let any = any::<(Vec<u8>, u32, bool)>();
    any.prop_map(|(key, max, drops_oldest)| Limit { key, max, drops_oldest })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    prop_oneof![
        Just(Refusal::OutOfOrder),
        Just(Refusal::TooLarge),
        Just(Refusal::Unavailable),
        Just(Refusal::Full),
    ]
}
