//! Decoding allocates for what has arrived, never for what is said to follow. A test of its own: it counts
//! what the whole process allocates.
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::alloc::System;

use hub_protocol::{Limit, Messages, Reply, Request, encode};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Vectors that grow are counted with all the sizes they had; 256 topics have 16 bytes each.
const SLACK: usize = 32 * 1024;

#[test]
fn no_more_is_allocated_than_a_few_times_what_has_arrived() {
    let limits = vec![Limit { key: Vec::new(), max: 0, drops_oldest: false }; 200_000];
    let a_great_many = encode(&Request::Lease(limits)).unwrap();
    assert_bounded(&a_great_many);
    // For each kind of message, everything that can be a length says: 2^28 - 1, 2^35 - 1, 2^63 - 1.
    for kind in 0..16 {
        for length in [4, 5, 9] {
            for before in 0..6 {
                let mut body = vec![kind];
                body.extend(std::iter::repeat_n(1, before));
                body.extend(std::iter::repeat_n(0xff, length - 1));
                body.extend([0x7f; 64]);
                let prefix = u32::try_from(body.len()).unwrap().to_le_bytes();
                assert_bounded(&[&prefix[..], &body].concat());
            }
        }
    }
    // Sixteen megabytes are announced, and never come.
    assert_bounded(b"\0\0\0\x01");
}

fn assert_bounded(bytes: &[u8]) {
    let region = Region::new(ALLOCATOR);
    let mut messages = Messages::default();
    messages.feed(bytes);
    drop(messages.next_message::<Request>());
    drop(messages.next_message::<Reply>());
    let allocated = region.change().bytes_allocated;
    assert!(allocated <= 4 * bytes.len() + SLACK, "{allocated} for {} bytes", bytes.len());
}
