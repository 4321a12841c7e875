//! The keeper on every server: heartbeats while PHP is blocked, bytes that no heartbeat damages,
//! streams of other code that are looked after.
//!
//! # Layout
//! - [`kind`]: servers, and the command line
//! - [`blocked`]: what a client hears while the script is blocked
//! - [`storm`]: what a client makes of events between heartbeats as fast as they go
//! - [`hub_storm`]: the same of streams in the hub
//! - [`adoption`]: streams that other code opens
//! - [`everywhere`], [`compressed`], [`others`]: the tests
//! - [`hiccups`]: delays of the machine itself
//!
//! The big numbers are in `benches/storm.rs`, which `make storm` runs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

/// Makes tests of these cases, on these kinds of servers.
macro_rules! on {
    ($cases:tt $($module:ident: $kind:ident,)*) => { $(on!(@ $module, $kind, $cases);)* };
    (@ $module:ident, $kind:ident, [$($case:ident,)*]) => {
        mod $module { $(#[test] fn $case() { super::$case($crate::kind::Kind::$kind); })* }
    };
}

mod adoption;
mod blocked;
mod compressed;
mod everywhere;
mod hiccups;
mod hub_storm;
mod kind;
mod others;
mod storm;

use std::time::Duration;

use server_tests::reader::Reader;

use blocked::Block;
use hiccups::Hiccups;
use kind::Output;

const BLOCK: Block = Block {
    length: Duration::from_secs(2),
    heartbeat: Duration::from_millis(200),
    least: 8,
    longest: Duration::from_millis(500),
};

/// Opens a stream of each name, and listens to all at the same time: each has to be steady.
#[track_caller]
fn all_are_steady<'a>(names: &[&'a str], open: impl Fn(&'a str) -> Reader<Output>) {
    let hiccups = Hiccups::watch();
    let heard = blocked::listen(names.iter().map(|name| open(name)), BLOCK);
    let hiccup = hiccups.longest();
    for (name, heard) in names.iter().zip(heard) {
        assert!(heard.is_steady(BLOCK, hiccup), "{name}: {heard:?}, hiccup: {hiccup:?}");
    }
}
