//! The project's own scripts, on machines where something is missing.
//!
//! # Layout
//! - [`machine`]: a machine on which some programs are others
//! - [`debug_php`], [`install`], [`mirrors`]: the debug PHP; `ext/`; mirrors that lack files
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod debug_php;
mod install;
mod machine;
mod mirrors;
