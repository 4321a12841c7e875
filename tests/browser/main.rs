//! The `EventSource` of real browsers, on streams of the extension.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod dropped;
mod ends;
mod follow;
mod page;
mod position;
mod scene;
