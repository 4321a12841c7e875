//! The format, held to the WHATWG HTML standard by an independent parser that shares no code with
//! the crate, by properties over arbitrary bytes, and by the cases that browsers and other parsers
//! test themselves with.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod encoding;
mod fields;
mod interoperability;
mod laws;
mod limits;
mod naive;
mod parsing;
mod properties;
