//! `Sse`: the event stream of a request.
//!
//! # Layout
//! * `class`: its methods, as scripts see them
//! * `object`: the state of an object
//! * `admission`: the decision if a stream may begin
//! * `opening`, `sending`, `closing`: the beginning of a stream, its events, its end
//! * `changes`: a state, of which only what has changed is sent
//! * `source`: the loop of `Sse::stream()`
//! * `publishing`, `subscribing`, `lease`: the hub

mod admission;
mod changes;
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
