//! The extension's side of the hub: finds or starts one, publishes, subscribes, hands over.
//!
//! The invariant: a dead or frozen hub costs a request at most [`settings::PATIENCE`], and does not cost every
//! request that; what cannot be done is an error here, never a silent loss.
//!
//! # Layout
//! * `requests`: the requests to the hub, a function each
//! * `lease`: a stream that is counted under limits
//! * `subscription`: the topics and options of a stream; `handing_over`: a stream that the hub takes over
//! * `subscriber`: a subscription of a stream that its worker serves
//! * `client`: a connection to the hub, which is started if needed
//! * `finding`, `opening`, `spawn`: which hub to use, if it can be trusted, how to start one
//! * `connection`: one request and its reply
//! * `breaker`, `outage`: how long a failing hub is left alone; when its clients should come back
//! * `release`: what to say when the hub is of another release
//! * `settings`, `error`: the hub's settings; its errors

mod breaker;
mod client;
mod connection;
mod error;
mod finding;
mod handing_over;
mod lease;
mod opening;
mod outage;
mod release;
mod requests;
mod settings;
mod spawn;
mod subscriber;
mod subscription;

pub(crate) use error::HubError;
pub(crate) use handing_over::{HandedOver, rehearse};
pub(crate) use lease::{Lease, Standing};
pub(crate) use requests::{Running, lease, location, publish, reach, retry, status};
pub(crate) use settings::Settings;
pub(crate) use subscriber::Subscriber;
pub(crate) use subscription::Subscription;

// Types that scripts name: topics, types of events, ids, limits.
pub(crate) use hub_protocol::location::has_private_tmp;
pub(crate) use hub_protocol::{
    Delivery, Dropped, EventId, EventName, InvalidTopic, Limit, Publication, Topic, Topics,
};
