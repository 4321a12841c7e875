//! Arbitrary texts as documents: a patch between two of them leads from one to the other.

#![no_main]

use libfuzzer_sys::fuzz_target;
use merge_patch::{Patch, apply, diff};

fuzz_target!(|documents: (&[u8], &[u8])| {
    let (before, after) = documents;
    let _ = apply(before, after);
    match diff(before, after) {
        Ok(Patch::Merge(patch)) => {
            let merged = apply(before, patch.as_bytes()).expect("a patch is JSON");
            assert_eq!(diff(merged.as_bytes(), after), Ok(Patch::Nothing), "{merged}");
        }
        Ok(Patch::Nothing | Patch::Inexpressible) | Err(_) => {}
    }
});
