//! What has to hold for any bytes. The fuzz target `message` is held to the same.

use std::fmt::Debug;

use event_stream::EventType;
use hub_protocol::{
    EventId, EventName, MAX_TOPICS, MessageError, Messages, Reply, Request, Topic, Topics, encode,
};
use serde::{Serialize, de::DeserializeOwned};

/// The messages that come out of bytes fed in these chunks, and the error that they end with.
pub(crate) fn messages_in<'a, T: DeserializeOwned>(
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<T>, Option<MessageError>) {
    let (mut messages, mut given) = (Messages::default(), Vec::new());
    for chunk in chunks {
        messages.feed(chunk);
        loop {
            match messages.next_message() {
                Ok(Some(message)) => given.push(message),
                Ok(None) => break,
                Err(error) => return (given, Some(error)),
            }
        }
    }
    (given, None)
}

/// Whatever the bytes and their chunks, what is given out is valid, is the same as from the bytes in one
/// piece, and is read again as it is written.
pub(crate) fn what_is_given_out_is_valid(chunks: &[&[u8]]) {
    for request in same_in_one_piece::<Request>(chunks) {
        match request {
            Request::Publish(publication) => {
                topics_are_valid(&publication.topics);
                publication.event.iter().for_each(name_is_valid);
            }
            Request::Subscribe(subscription) | Request::HandOver { subscription, .. } => {
                topics_are_valid(&subscription.topics);
            }
            _ => {}
        }
    }
    for reply in same_in_one_piece::<Reply>(chunks) {
        match reply {
            Reply::Published(id) => id_is_valid(id),
            Reply::Delivery(delivery) => {
                id_is_valid(delivery.id);
                delivery.topics.iter().for_each(topic_is_valid);
                delivery.event.iter().for_each(name_is_valid);
            }
            _ => {}
        }
    }
}

fn same_in_one_piece<T>(chunks: &[&[u8]]) -> Vec<T>
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let (given, error) = messages_in::<T>(chunks.iter().copied());
    let whole = messages_in::<T>([&chunks.concat()[..]]);
    assert_eq!((&given, error), (&whole.0, whole.1));
    for message in &given {
        let bytes = encode(message).expect("what has been read fits");
        assert_eq!(messages_in::<T>([&bytes[..]]).0, std::slice::from_ref(message));
    }
    given
}

fn topics_are_valid(topics: &Topics) {
    assert!((1..=MAX_TOPICS).contains(&topics.len()));
    assert!(topics.is_sorted_by(|one, next| one < next), "each is there once: {topics:?}");
    topics.iter().for_each(topic_is_valid);
}

fn topic_is_valid(topic: &Topic) {
    assert_eq!(Topic::new(topic.as_str().as_bytes()).as_ref(), Ok(topic));
}

fn name_is_valid(name: &EventName) {
    assert!(EventType::new(name.as_str().as_bytes()).is_ok(), "{name:?}");
}

fn id_is_valid(id: EventId) {
    assert_eq!(id.to_string().parse(), Ok(id));
}
