//! `examples/doctor.php` names who holds a stream.
//!
//! # Layout
//! - [`scene`]: the page on a server, and what it says
//! - [`culprits`], [`silence`]: who is named where
//! - [`healthy`]: where nobody is
//! - [`proxy`]: proxies that hold streams back
//! - [`page`], [`access`]: the page in browsers; who may ask it
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod access;
mod culprits;
mod healthy;
mod page;
mod proxy;
mod scene;
mod silence;
