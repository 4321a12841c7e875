//! The project's own scripts, on machines where something is missing.
//!
//! # Layout
//! - [`machine`]: a machine on which some programs are others
//! - [`debug_php`], [`without_go`]: programs that are built from sources
//! - [`hubs`]: hubs that tests leave behind
//! - [`install`], [`mirrors`]: `ext/`; mirrors that lack files
//! - [`names`]: what functions may be called
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod debug_php;
mod hubs;
mod install;
mod machine;
mod mirrors;
mod names;
mod without_go;
