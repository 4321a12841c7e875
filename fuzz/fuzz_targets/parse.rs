//! Arbitrary bytes in arbitrary chunks: the parser dispatches what the standard says, at once,
//! wherever the chunks end, and under any limit the chunks make no difference either.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/event-stream/tests/format/laws.rs"]
#[allow(dead_code, reason = "the tests hold the crate to more laws than this target")]
mod laws;
#[path = "../../crates/event-stream/tests/format/naive.rs"]
mod naive;

fuzz_target!(|input: (u8, Vec<&[u8]>)| {
    let (limit, chunks) = input;
    laws::the_parser_reads_what_the_standard_says(chunks.iter().copied());
    laws::a_limit_cuts_the_same_events_in_any_chunks(&chunks.concat(), limit.into());
});
