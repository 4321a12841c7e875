//! The life of one event stream.
//!
//! Knows nothing of PHP, holds no `unsafe`, and has no clock of its own: the connection is a trait, and
//! has the time, so that a whole life is tested on a vector, or on a connection that dies at the n-th
//! write.

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
