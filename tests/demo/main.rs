//! The examples, each as it stands in `examples/`: the bytes of every stream on a real `php -S`, and
//! the page in a real browser.
//!
//! They run from a copy, so that what the demo keeps on disk belongs to one test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reports by panicking"
)]

mod page;
mod scripts;
mod site;
mod streams;
