//! `Sse`: the event stream of a request.
//!
//! # Layout
//! * `class`: its methods, as scripts see them
//! * `object`: what an object holds
//! * `admission`: who is let in
//! * `opening`, `sending`, `closing`: how a stream begins, goes on and ends
//! * `source`: what `Sse::stream()` sends
//! * `publishing`, `subscribing`, `lease`: the hub

mod admission;
mod class;
mod closing;
mod lease;
mod object;
mod opening;
mod publishing;
mod sending;
mod source;
mod subscribing;

pub(super) use class::REFINEMENTS;
pub(super) use closing::{end_request, throw_client_gone};
pub(super) use object::{PROPERTIES, Sse};
