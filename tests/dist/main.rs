//! What is released, as far as it can be checked without building or installing it: `scripts/test-dist` does that.
//!
//! # Layout
//! - [`archives`]: what `scripts/dist-pack` makes of builds
//! - [`hub_pages`]: the man page and the completion of `sse-hub`
//! - [`versions`]: one version in one place
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod archives;
mod hub_pages;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
