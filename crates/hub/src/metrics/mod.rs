//! The numbers of the hub: for `Sse::status()`, and for Prometheus.

mod answer;
pub(crate) mod counters;
pub(crate) mod scrapes;
pub(crate) mod status;
pub(crate) mod text;
