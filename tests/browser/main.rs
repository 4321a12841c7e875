//! The `EventSource` of real browsers, on streams of the extension.
//!
//! # Layout
//! - [`scene`], [`page`]: a page in a browser with its server; event sources on it
//! - [`ends`], [`position`]: what brings a client back, and with which id
//! - [`follow`], [`dropped`]: streams on the hub; the older of two tabs
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod dropped;
mod ends;
mod follow;
mod page;
mod position;
mod scene;
