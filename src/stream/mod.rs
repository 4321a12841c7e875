//! The life of one event stream.
//!
//! Knows nothing of PHP, holds no `unsafe`, and has no clock of its own: the connection is a trait, and
//! has the time, so that a whole life is tested on a vector, or on a connection that dies at the n-th
//! write.
//!
//! # Layout
//! * `life`: one stream, from its first byte to its stop reason
//! * `waiting`, `following`: a stream that waits; one that follows a log of events
//! * `connection`, `packet`: what it writes to, and bytes on their way out
//! * `tail`, `client_position`: where the last byte stands; the position that its client knows
//! * `response`, `header`, `list`: the head of the response, its lines and lists
//! * `cors`, `origin`: pages of other origins
//! * `last_event_id`, `json`: the client's id; JSON as data
//! * `options`, `lifetime`, `stop_reason`: options; how long it lives; why it has stopped

mod client_position;
mod connection;
mod cors;
mod following;
mod header;
mod json;
mod last_event_id;
mod life;
mod lifetime;
mod list;
mod options;
mod origin;
mod packet;
mod response;
mod stop_reason;
mod tail;
mod waiting;

#[cfg(test)]
mod tests;

pub use connection::{Bailout, Connection, Written};
pub use cors::{Preflight, preflight_headers};
pub use header::{Header, NOT_FOR_A_STREAM, Rule};
pub use json::without_next_line;
pub use last_event_id::{LAST_EVENT_ID_MAX_BYTES, last_event_id};
pub use life::{GRACE, Stream};
pub use lifetime::Lifetime;
pub use list::including;
pub use options::{OptionError, Options, seconds};
pub use origin::{AllowOrigin, OriginError};
pub use packet::Packet;
pub use response::{
    is_no_coding, is_session_cache_limiter, last_headers, merged, proxy_headers, stream_headers,
    unavailable_headers, without_rivals,
};
pub use stop_reason::StopReason;
pub use tail::Tail;
