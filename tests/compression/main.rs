//! Streams that are compressed, on whole servers: each event can be decoded when it arrives, by whoever asks for it.
//!
//! The client is the byte-exact one, with decoders of its own; curl, Python and browsers decode beside it. A script
//! sends its next event only when the test has decoded the one before: what an encoder, a server or a proxy
//! kept back would never come.
//!
//! # Layout
//! - [`server`], [`scene`]: every server and proxy; a site on one of them
//! - [`arrival`]: each event when it is sent, in each coding, read by whom it may
//! - [`hand_over`], [`joining`]: streams that go on in the hub, and many of them there
//! - [`beside`]: what else would compress, or hold back
//! - [`endings`]: however a stream ends, and whatever its client does
//! - [`negotiation`]: which coding a response has
//! - [`browsers`]: what browsers ask for
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]
#![allow(clippy::print_stderr, reason = "what was measured is shown with --nocapture")]

mod arrival;
mod beside;
mod browsers;
mod endings;
mod hand_over;
mod joining;
mod negotiation;
mod scene;
mod server;
