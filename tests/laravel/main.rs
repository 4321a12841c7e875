//! The package for Laravel, in an application of its own on nginx and FPM, with the framework that the distribution
//! has.
//!
//! # Layout
//! - [`scene`]: the application, and who visits it
//! - [`channels`]: who may follow which channels, and what whispers are
//! - [`events`]: what an application broadcasts, and in which ways
//! - [`console`]: its commands, and its own tests
//! - [`joining`]: channels that are joined while events flow, and many streams
//! - [`echo`]: laravel-echo, in a browser
//! - [`pages`]: the pages of the documentation, as they are written
//! - [`responses`]: the streams of `response()->sse()` and `response()->subscribe()`
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod channels;
mod console;
mod echo;
mod events;
mod joining;
mod pages;
mod responses;
mod scene;
