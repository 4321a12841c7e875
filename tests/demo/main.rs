//! The examples, each as it stands in `examples/`: the bytes of every stream on a real `php -S`, and
//! the page in a real browser.
//!
//! They run from a copy, so that what the demo keeps on disk belongs to one test.
//!
//! # Layout
//! - [`site`]: the copy on a server, and what is read from it
//! - [`streams`], [`notifications`], [`relays`], [`topics`]: the bytes of every script
//! - [`page`]: the page that shows them
//! - [`scripts`]: what a reader finds in them
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reports by panicking"
)]

mod notifications;
mod page;
mod relays;
mod scripts;
mod site;
mod streams;
mod topics;
