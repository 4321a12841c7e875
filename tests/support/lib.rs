//! The library of the tests on whole servers: real servers on loopback, a byte-exact HTTP client, an event
//! stream parser of its own, foreign parsers to compare with, and real browsers.
//!
//! # Layout
//! - [`patience`]: deadlines, and waiting for a condition
//! - [`process`]: child processes that never outlive the test
//! - [`port`]: processes that listen on a free port
//! - [`binary`], [`extension`]: where PHP, the servers and the extension under test are
//! - [`site`]: a document root, and gates that hold a script until the test lets it go on
//! - [`server`]: `php -S`, nginx with FPM or `php-cgi -b`, Apache, the command line, and other web servers
//!   and proxies in front
//! - [`http`]: requests and responses, byte by byte, each piece with its time of arrival
//! - [`content_coding`]: decodes bodies that are compressed, as they arrive
//! - [`decoding_client`]: curl and Python, which decode them by themselves
//! - [`reader`]: bytes that arrive over time, from a socket or a pipe
//! - [`event_stream`]: what the bytes of an event stream mean
//! - [`oracle`]: what parsers written by others say that they mean
//! - [`browser`]: headless Chromium, Firefox and WebKit
//! - [`cable`]: what lies between a client and a server, to be cut
//! - [`hub`]: the hub that scripts start
//! - [`redis`]: a Redis that hubs share their events through
//! - [`markdown`]: the blocks, links and headings of the documentation
//!
//! **Invariant**: it shares no code with the extension, which it knows only as a file to load.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "a test reports by panicking, and its logs go to stderr"
)]
#![allow(clippy::missing_errors_doc, reason = "the error types say it")]
#![allow(clippy::must_use_candidate, reason = "noise on test helpers")]

pub mod binary;
pub mod browser;
pub mod cable;
pub mod content_coding;
pub mod decoding_client;
pub mod event_stream;
pub mod extension;
pub mod http;
pub mod hub;
pub mod markdown;
pub mod oracle;
pub mod patience;
pub mod port;
pub mod process;
pub mod reader;
pub mod redis;
pub mod server;
pub mod site;
