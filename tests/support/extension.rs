//! The extension under test.

use std::env;
use std::path::{Path, PathBuf};

/// The shared library to load into PHP: `SSE_EXTENSION`, else what `make build` leaves.
///
/// # Panics
/// When there is none.
#[track_caller]
pub fn path() -> PathBuf {
    let candidates = match env::var_os("SSE_EXTENSION") {
        Some(named) => vec![PathBuf::from(named)],
        None => ["release", "debug"].map(built).to_vec(),
    };
    match candidates.iter().find_map(|candidate| candidate.canonicalize().ok()) {
        Some(found) => found,
        None => panic!("no extension at {candidates:?}: run `make build`, or set SSE_EXTENSION"),
    }
}

fn built(profile: &str) -> PathBuf {
    target_directory().join(profile).join("libsse.so")
}

/// Where cargo puts what it builds.
pub fn target_directory() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.join("target"), PathBuf::from)
}
