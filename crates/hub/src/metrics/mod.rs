//! The numbers of the hub: for `Sse::status()`, and for Prometheus.
//!
//! # Layout
//! * `counters`, `status`: counts, and the report
//! * `exposition`, `prometheus`, `answer`: the report for Prometheus, the port that it asks, the answers there

mod answer;
pub(crate) mod counters;
pub(crate) mod exposition;
pub(crate) mod prometheus;
pub(crate) mod status;
