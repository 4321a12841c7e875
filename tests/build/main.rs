//! The versions of PHP that the extension is built for, and the declarations in their headers.
//!
//! # Layout
//! - [`headers`]: the declarations in `ffi.rs`, and those of PHP
//! - [`unknown`]: a PHP that is not supported
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod headers;
mod unknown;

use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
