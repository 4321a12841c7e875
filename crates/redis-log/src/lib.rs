//! A Redis stream as the hub's log of events, shared by hubs on any number of machines.
//!
//! The invariant: every hub gets the entries in Redis' order, without gap or repeat, or [`Update::Lost`]. Each
//! publication gets one reply, and an id only if Redis has it.
//!
//! # Layout
//!
//! `log` starts three threads, which report each `update`. Each has a connection of its own, and reconnects by
//! itself:
//!
//! * `writer`: XADD of publications, as many in one round trip as are waiting
//! * `reader`: one blocking XREAD, from the last id seen
//! * `history`: XRANGE, page by page, for entries that a hub no longer has in memory
//!
//! and what they share:
//!
//! * `url`, `settings`: the URL: address, identity, database and stream
//! * `url_error`: why a URL is refused
//! * `socket`, `tls`, `wire`, `reply`: bytes; each wait has a deadline, and each reply a greatest size
//! * `sentinel`, `handshake`: the address of Redis, and the first commands on a connection
//! * `connection`: the few commands
//! * `newest`: the newest id that is known here
//! * `entry`: an event as the fields of an entry
//! * `reading`: entries decoded into events
//! * `last_page`: the end of the stream, dated
//! * `backoff`: the waits between attempts to connect
//! * `link`: the queue to the writer
//! * `error_text`: errors of Redis as texts, with a remedy
//! * `limits`: timeouts, and the number of entries that are read at once

#![forbid(unsafe_code)]

mod backoff;
mod connection;
mod entry;
mod error_text;
mod handshake;
mod history;
mod last_page;
mod limits;
mod link;
mod log;
mod newest;
mod reader;
mod reading;
mod reply;
mod sentinel;
mod settings;
mod socket;
mod tls;
mod update;
mod url;
mod url_error;
mod wire;
mod writer;

pub use entry::Entry;
pub use link::AppendError;
pub use log::RedisLog;
pub use settings::{Settings, SettingsError};
pub use update::{LastPage, Page, Update};
