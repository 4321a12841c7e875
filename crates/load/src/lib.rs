//! A load generator for event streams that checks every event it receives.
//!
//! A [`Crowd`] of clients connects according to a [`Plan`], from several loopback addresses so that ports do not run
//! out, and accounts for every event: each carries a number and the time of its publishing in its data ([`Payload`]).
//! So losses, repetitions, disorder and latency are known without trusting the server's ids, which are checked
//! besides.
//!
//! It shares the machine with what it measures, so it is thrifty: one or two threads with an epoll each,
//! one read for an event, and no timer or buffer for a client at rest.
//!
//! # Layout
//! - `payload`: the data of an event
//! - `ledger`: the account of one client
//! - `response`: parses HTTP/1.1 as it arrives
//! - `decoding`: decodes `zstd`, once for all who get the same bytes
//! - `client`, `group`, `crowd`: one client; those of a thread; all of them
//! - `plan`, `published`, `tally`: the plan; the numbers that were published; the counts
//! - `http`, `publisher`, `pages`: plain requests, one after the other; publishing with them; their rate

#![forbid(unsafe_code)]

mod client;
mod crowd;
mod decoding;
mod group;
mod http;
mod ledger;
mod pages;
mod payload;
mod plan;
mod published;
mod publisher;
mod response;
mod tally;

pub use crowd::Crowd;
pub use http::Connection;
pub use pages::{Pages, Rate};
pub use payload::{Payload, now};
pub use plan::{Conduct, Plan};
pub use published::Published;
pub use publisher::{Flow, Pace, Publish, publish, publish_each};
pub use tally::{Counts, Report};
