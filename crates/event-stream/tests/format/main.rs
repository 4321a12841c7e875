//! The format, held to the WHATWG HTML standard by an independent parser that shares no code with
//! the crate, by properties over arbitrary bytes, and by the cases that browsers and other parsers
//! test themselves with.
//!
//! # Layout
//! * `naive`: the independent parser
//! * `laws`, `properties`: what holds for every stream, and arbitrary ones
//! * `encoding`, `fields`, `parsing`, `limits`: events, fields, the standard's examples, bounds
//! * `interoperability`: the cases of other implementations

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod encoding;
mod fields;
mod interoperability;
mod laws;
mod limits;
mod naive;
mod parsing;
mod properties;
