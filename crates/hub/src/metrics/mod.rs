//! The numbers of the hub: for `Sse::status()`, and for Prometheus.

mod answer;
pub(crate) mod counters;
pub(crate) mod exposition;
pub(crate) mod prometheus;
pub(crate) mod status;
