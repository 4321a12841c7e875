//! A load generator for event streams that checks what it gets.
//!
//! A [`Crowd`] of clients connects as its [`Plan`] says, from several loopback addresses so that ports do
//! not run out, and accounts for every event: each carries a number and the time of its publishing in its
//! data ([`Payload`]), so that losses, repetitions, disorder and latency are known without trusting the
//! server's ids, which are checked besides.
//!
//! It shares the machine with what it measures, so it is thrifty: one or two threads with an epoll each,
//! one read for an event, and no timer or buffer for a client at rest.
//!
//! # Layout
//! - `payload`: what stands in the data of an event
//! - `ledger`: what one client has had, and what of it was wrong
//! - `response`: HTTP/1.1 as it arrives
//! - `client`, `group`, `crowd`: one client; those of a thread; all of them
//! - `plan`, `published`, `tally`: what is to be done; what has been published; what came of it
//! - `http`, `publisher`, `pages`: ordinary requests, one after the other; events by way of them; how many
//!   a second

#![forbid(unsafe_code)]

mod client;
mod crowd;
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
pub use publisher::{Flow, Pace, Publish, publish};
pub use tally::{Counts, Report};
