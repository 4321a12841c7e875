//! The extension's side of the hub: finds it, or starts it, and speaks to it.
//!
//! The invariant: a hub that is dead or frozen costs a request no more than [`settings::PATIENCE`], and not every
//! request; what cannot be done is an error here, never a silent loss.
//!
//! # Layout
//! * `requests`: what is asked of it
//! * `lease`: a stream that is counted, and a connection that is handed over
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
mod lease;
mod opening;
mod outage;
mod requests;
mod settings;
mod spawn;
mod subscriber;

pub(crate) use error::HubError;
pub(crate) use lease::{Lease, Standing, hand_over};
pub(crate) use requests::{lease, location, publish, reach, retry, status};
pub(crate) use settings::Settings;
pub(crate) use subscriber::Subscriber;
