//! The hub's log of events, as one Redis stream: hubs on any number of machines publish to it, and each
//! follows it.
//!
//! The invariant: every hub gets the entries in Redis' order, without gap or repeat, or is told that it has
//! lost events ([`Update::Lost`]). A publication is answered once, and only with an id when Redis has it.
//!
//! # Layout
//!
//! `log` starts three threads, and `update` is what they tell. Each has a connection of its own that it restores by itself:
//!
//! * `writer`: publications to XADD, as many in one round trip as are waiting
//! * `reader`: one blocking XREAD, from the last id seen
//! * `history`: XRANGE, page after page, for what a hub no longer has in memory
//!
//! and what they share:
//!
//! * `url`, `settings`: where Redis is and which stream is ours, read from the URL
//! * `url_error`: why a URL is refused
//! * `socket`, `tls`, `wire`, `reply`: bytes, each wait with an end and each answer with a greatest size
//! * `sentinel`, `handshake`: where Redis is, and how a connection begins
//! * `connection`: the few commands
//! * `newest`: the newest id that is known here
//! * `entry`: an event as the fields of an entry
//! * `reading`: entries as events
//! * `last_page`: the end of the stream, dated
//! * `backoff`: how long to wait before the next attempt
//! * `link`: whether publishing is possible just now
//! * `error_text`: what is wrong, in words
//! * `limits`: how long is waited, and how much is asked for at once

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
