//! The life of one event stream.
//!
//! Knows nothing of PHP, holds no `unsafe`, and has no clock of its own: the connection is a trait, and
//! has the time, so that a whole life is tested on a vector, or on a connection that dies at the n-th
//! write.

mod connection;
mod cors;
mod json;
mod last_event_id;
mod life;
mod lifetime;
mod list;
mod options;
mod origin;
mod packet;
mod place;
mod position;
mod response;
mod stop_reason;

#[cfg(test)]
mod tests;

pub use connection::{Connection, Interrupted, Written};
pub use cors::{Preflight, preflight_headers};
pub use json::without_next_line;
pub use last_event_id::{LAST_EVENT_ID_MAX_BYTES, last_event_id};
pub use life::{GRACE, Stream};
pub use lifetime::Lifetime;
pub use list::including;
pub use options::{OptionError, Options, seconds};
pub use origin::{AllowOrigin, OriginError};
pub use packet::Packet;
pub use position::Tail;
pub use response::{
    Header, Rule, UNFIT, is_no_coding, is_session_cache_limiter, last_headers, merged,
    proxy_headers, stream_headers, unavailable_headers, without_rivals,
};
pub use stop_reason::StopReason;
