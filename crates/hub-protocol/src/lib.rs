//! The protocol between the `sse` extension and its hub: messages on a Unix stream socket.
//!
//! The invariant: [`Messages::next_message`] returns only messages that were checked whole. Every length is bounded
//! before a byte is allocated, every topic, event type and id is valid by type, and no bytes make decoding panic.
//!
//! A connection begins with a [`Hello`] from either side, whose eight bytes never change from version to version, so
//! that sides of different versions can report it. After it, each message is its length (four bytes, little endian)
//! and its body in postcard's format. The hub introduces itself ([`Introduction`]); then the client sends requests
//! ([`Request`]), and the hub replies in order ([`Reply`]). A descriptor travels with the first byte of its message.
//!
//! # Layout
//! * `hello`: the version handshake
//! * `id`: [`EventId`], `milliseconds-sequence`, one total order
//! * `topic`: [`Topic`] and [`Topics`]
//! * `event_name`: [`EventName`], the types of events
//! * `message`: requests and replies
//! * `coded`: a response in a content coding
//! * `dropped`: the last event of a stream that a limit has closed in favour of a younger one
//! * `bounded`: lists up to a maximum length
//! * `codec`: messages to bytes and back, incrementally
//! * `socket`: bytes and a descriptor through a socket
//! * `client`: a blocking client with deadlines
//! * `location`: the sockets where hubs listen, and groups by name
//! * `redis_name`: the Redis that a URL names, without credentials

#![forbid(unsafe_code)]

mod bounded;
mod client;
mod codec;
mod coded;
mod dropped;
mod event_name;
mod hello;
mod id;
pub mod location;
mod message;
mod redis_name;
pub mod socket;
mod topic;

pub use client::{Client, ClientError};
pub use codec::{MAX_EVENT, MAX_MESSAGE, MessageError, Messages, encode, encode_up_to};
pub use coded::Coded;
pub use dropped::Dropped;
pub use event_name::{EventName, InvalidName};
pub use framing::Framing;
pub use hello::{Hello, HelloError, VERSION};
pub use id::{EventId, InvalidEventId};
pub use message::{
    Delivery, HeartbeatText, Introduction, Limit, MAX_LIMITS, Publication, Refusal, Reply, Request,
    Response, Subscription,
};
pub use redis_name::redis_name;
pub use topic::{InvalidTopic, MAX_TOPICS, Topic, Topics};
