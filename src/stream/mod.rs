//! The life of one event stream, without PHP: what is sent, when, and why it stops.
//!
//! It knows nothing of PHP, has no `unsafe`, and no clock of its own: the connection is a trait and gives the time,
//! so that a whole life is tested on a vector, or on a connection that dies at the n-th write.
//!
//! # Layout
//! * `life`: one stream, from its first byte to its stop reason
//! * `waiting`, `following`: waiting with heartbeats; positions in a log of events
//! * `changes`, `last_sent`: only what has changed; what that is compared with
//! * `connection`, `packet`: the trait that it writes to; bytes to be written as one
//! * `tail`, `client_position`: the position of the last byte; the position that the client knows
//! * `response`, `header`, `list`: the head of the response, its lines and lists
//! * `compression`: the content coding of the response
//! * `cors`, `origin`: pages of other origins
//! * `last_event_id`, `json`: the client's id; JSON as data
//! * `options`, `lifetime`, `stop_reason`: options; the longest lifetime; reasons to stop

mod changes;
mod client_position;
mod compression;
mod connection;
mod cors;
mod following;
mod header;
mod json;
mod last_event_id;
mod last_sent;
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

pub use changes::{IsStateType, PatchType};
pub use compression::{CodingError, Compression, Demand, NoCoding, coding_headers};
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
