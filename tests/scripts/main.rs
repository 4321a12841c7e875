//! The project's own scripts, on machines where something is missing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod debug_php;
mod install;
mod machine;
mod mirrors;
