//! The browser module, `packages/js`: its own tests on Node.js, its bundle, and tabs of real browsers that use it.
//!
//! # Layout
//! - [`changes`]: the page of the documentation that applies patches
//! - [`package`]: its own tests, its size, what it is made of
//! - [`scene`]: tabs of a browser on a server whose streams a hub holds
//! - [`tabs`]: one connection for all of them
//! - [`streams`]: one stream on a page
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test reports by panicking"
)]

mod changes;
mod package;
mod scene;
mod streams;
mod tabs;
