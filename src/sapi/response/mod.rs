//! The request and its response, as PHP has them: head, output buffers, session, user abort.
//!
//! # Layout
//! * `request`, `session`: the request; its session, whose lock is let go of
//! * `headers`, `late_head`: the head, and changes to it that come too late
//! * `coding`: the content coding of the body
//! * `output`, `abort`: output buffers; the user abort
//! * `written`, `ownership`, `finished`: how what was written ends; whose output belongs to a stream; a response
//!   that is over before its script

pub(crate) mod abort;
pub(crate) mod coding;
pub(crate) mod finished;
pub(crate) mod headers;
pub(crate) mod late_head;
pub(crate) mod output;
pub(crate) mod ownership;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod written;
