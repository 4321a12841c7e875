//! The status report of the hub, as JSON.

use std::time::{Duration, Instant};

use content_coding::Coding;
use serde_json::{Value, json};

use crate::core::Core;
use crate::memory;
use crate::metrics::counters::Counters;

/// Makes the report for `Sse::status()` and `sse-hub status`. Sizes are in bytes, times in seconds.
pub(crate) fn report(core: &Core, started: Instant, now: Instant) -> Value {
    let counters = &core.counters;
    let (events, bytes) = core.backlog.size();
    let mut report = json!({
        "running": true,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "uptime": seconds(now.saturating_duration_since(started)),
        "streams": counters.streams.get(),
        "workers": counters.workers.get(),
        "waiting": core.waiting(),
        "topics": core.backlog.topics(),
        "limits": core.leases.len(),
        "lastEventId": core.backlog.newest().to_string(),
        "backlog": { "events": events, "bytes": bytes },
        "queues": { "bytes": memory::held_for_slow_clients() },
        "accepted": counters.accepted.get(),
        "published": counters.published.get(),
        "delivered": counters.delivered.get(),
        "sentBytes": counters.sent_bytes.get(),
        "compression": compression(core),
        "heartbeats": counters.heartbeats.get(),
        "resets": counters.resets.get(),
        "gone": counters.gone.get(),
        "droppedSlow": counters.dropped_slow.get(),
        "droppedStalled": counters.dropped_stalled.get(),
        "droppedOldest": counters.dropped_oldest.get(),
        "refused": counters.refused.get(),
        "memory": resident_memory(),
    });
    if let Some(shared) = core.log.shared() {
        report["redis"] = shared.report();
    }
    report
}

/// What compression costs, and what it saves.
fn compression(core: &Core) -> Value {
    let counters = &core.counters;
    json!({
        "streams": by_coding(counters),
        "encoders": core.encoders.encoders(),
        "memory": core.encoders.used(),
        "segments": counters.segments.get(),
        "plainBytes": counters.plain_bytes.get(),
        "sentBytes": counters.compressed_bytes.get(),
    })
}

/// The number of streams in each content coding.
fn by_coding(counters: &Counters) -> Value {
    let streams = Coding::ALL.into_iter().zip(&counters.compressed);
    streams.map(|(coding, number)| (coding.token().to_owned(), json!(number.get()))).collect()
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The memory of the process, in bytes; 0 if the system does not say.
fn resident_memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or_default() * rustix::param::page_size() as u64
}
