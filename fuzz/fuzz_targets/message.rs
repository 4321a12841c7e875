//! Arbitrary bytes in arbitrary chunks to a hub and to its client: nothing invalid is given out, and the
//! chunks make no difference.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hub-protocol/tests/messages/laws.rs"]
mod laws;

fuzz_target!(|input: (bool, Vec<&[u8]>)| {
    let (framed, mut chunks) = input;
    // Nearly all random lengths are too long or too short: half of the inputs get the right one.
    let length: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    let prefix = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    if framed {
        chunks.insert(0, &prefix);
    }
    laws::what_is_given_out_is_valid(&chunks);
});
