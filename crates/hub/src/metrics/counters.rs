//! Counters that all threads share: streams, events, bytes, drops.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use content_coding::Coding;

/// Numbers that only grow, except `streams`, `workers` and `compressed`, which are present numbers.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) streams: Counter,
    pub(crate) workers: Counter,
    pub(crate) accepted: Counter,
    pub(crate) published: Counter,
    pub(crate) delivered: Counter,
    pub(crate) sent_bytes: Counter,
    /// Streams with a content coding, by the index of that.
    pub(crate) compressed: [Counter; Coding::ALL.len()],
    /// The bytes that these were to be sent, before they were compressed.
    pub(crate) plain_bytes: Counter,
    /// The bytes that these were sent.
    pub(crate) compressed_bytes: Counter,
    /// The segments that were begun.
    pub(crate) segments: Counter,
    pub(crate) heartbeats: Counter,
    pub(crate) resets: Counter,
    pub(crate) gone: Counter,
    pub(crate) dropped_slow: Counter,
    pub(crate) dropped_stalled: Counter,
    pub(crate) dropped_oldest: Counter,
    pub(crate) refused: Counter,
}

/// A number that several threads count.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, number: usize) {
        self.0.fetch_add(number as u64, Relaxed);
    }

    pub(crate) fn one_less(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
