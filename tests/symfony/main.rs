//! `packages/symfony` in an application of `FrameworkBundle`, as Debian has it, on nginx and FPM: Symfony 5.4, 6.4 or
//! 7.4, and with mercure-bundle where that is packaged.
//!
//! # Layout
//! - [`app`]: the application in `app/` on a server
//! - [`docs`]: the pages for Symfony, typed into the application in `skeleton/`
//! - [`mercure`]: updates, and those who subscribe as clients of Mercure do
//! - [`access`]: who may have private updates
//! - [`streams`]: event streams as responses
//! - [`tools`]: the console, the profiler, tests of an application
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod access;
mod app;
mod docs;
mod mercure;
mod streams;
mod tools;
