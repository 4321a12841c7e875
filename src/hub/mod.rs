//! The extension's side of the hub: finds it, or starts it, and speaks to it.
//!
//! The invariant: a hub that is dead or frozen costs a request no more than [`settings::PATIENCE`], and not every
//! request; what cannot be done is an error here, never a silent loss.
//!
//! # Layout
//! * `requests`: what is asked of it
//! * `lease`: a stream that is counted
//! * `subscription`: what a stream follows; `handing_over`: a connection that the hub goes on with
//! * `subscriber`: a stream that its worker serves
//! * `client`: a connection to it, wherever it is, started if need be
//! * `finding`, `opening`, `spawn`: which hub, whether it is to be trusted, how one is started
//! * `connection`: one request and its answer
//! * `breaker`, `outage`: a hub that fails is left alone; when clients come back
//! * `settings`, `error`

mod breaker;
mod client;
mod connection;
mod error;
mod finding;
mod handing_over;
mod lease;
mod opening;
mod outage;
mod requests;
mod settings;
mod spawn;
mod subscriber;
mod subscription;

pub(crate) use error::HubError;
pub(crate) use handing_over::HandedOver;
pub(crate) use lease::{Lease, Standing};
pub(crate) use requests::{lease, location, publish, reach, retry, status};
pub(crate) use settings::Settings;
pub(crate) use subscriber::Subscriber;
pub(crate) use subscription::Subscription;

// What scripts name: topics, types of events, ids, limits.
pub(crate) use hub_protocol::location::has_private_tmp;
pub(crate) use hub_protocol::{
    Delivery, Dropped, EventId, EventName, InvalidTopic, Limit, Publication, Topic, Topics,
};
