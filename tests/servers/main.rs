//! The extension on every server that PHP runs in: the same cases, so that a script need not know
//! where it runs.
//!
//! # Layout
//! - [`cases`]: what holds on every server
//! - [`apache`], [`builtin_server`], [`cgi`], [`fpm`], [`frankenphp`]: the cases on each, and what is its own
//! - [`php_program`]: a server that is a PHP program
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod apache;
mod builtin_server;
mod cases;
mod cgi;
mod fpm;
mod frankenphp;
mod php_program;
