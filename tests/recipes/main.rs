//! The programs in `docs/recipes/` and `docs/llm.md`, each as it stands there, with the libraries that Debian has.
//!
//! # Layout
//! - [`page`]: a page's programs on a server
//! - [`code_igniter`]: the programs of `docs/recipes/codeigniter.md`
//! - [`event_loops`]: the programs of `docs/recipes/event-loops.md`
//! - [`psr_7`]: the programs of `docs/recipes/psr-7.md`
//! - [`upstreams`]: the programs of `docs/recipes/upstreams.md`, with an upstream of the test's own
//! - [`llm`]: the programs of `docs/llm.md`, with that upstream
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod code_igniter;
mod event_loops;
mod llm;
mod page;
mod psr_7;
mod upstreams;
