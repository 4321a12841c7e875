//! The memory that an encoder says it takes is what it takes.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::alloc::System;

use content_coding::{Coding, SegmentEncoder};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A board, which fills what an encoder has room for after some events.
fn board(number: usize) -> Vec<u8> {
    let row = |row| format!("<tr><td>{row}</td><td>{}</td></tr>", (row * number) % 977);
    (0..500).map(row).collect::<String>().into_bytes()
}

// One test: what another allocates meanwhile would count, too.
#[test]
fn an_encoder_takes_the_memory_that_it_says() {
    // Kept: one that is dropped gives its memory to the next.
    let mut encoders = Vec::new();
    for coding in [Coding::Brotli, Coding::Gzip, Coding::Deflate] {
        let mut out = Vec::with_capacity(1 << 20);
        let region = Region::new(ALLOCATOR);
        let mut encoder = SegmentEncoder::new(coding);
        for number in 0..100 {
            out.clear();
            encoder.append(&board(number), &mut out);
        }
        let change = region.change();
        let taken = change.bytes_allocated - change.bytes_deallocated;
        let said = encoder.memory();
        let differs = taken.abs_diff(said);
        assert!(differs < said / 10, "{coding:?} takes {taken} bytes, and says {said}");
        encoders.push(encoder);
    }
    drop(encoders);
    let region = Region::new(ALLOCATOR);
    let _again = SegmentEncoder::new(Coding::Gzip);
    let taken = region.change().bytes_allocated;
    assert!(taken < 16 << 10, "it takes {taken} bytes beside what the one before had");

    // It tells what its library has allocated: a window, tables, and room for some blocks.
    let (mut encoder, mut out) = (SegmentEncoder::new(Coding::Zstd), Vec::new());
    encoder.append(&board(1), &mut out);
    let said = encoder.memory();
    assert!((256 << 10..512 << 10).contains(&said), "zstd takes {said} bytes");
}
