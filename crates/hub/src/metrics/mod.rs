//! The numbers of the hub: for `Sse::status()`, and for Prometheus.
//!
//! # Layout
//!
//! * `counters`: what all threads count
//! * `status`: the report, as JSON; `exposition`: the report in the text format of Prometheus
//! * `prometheus`: the port that Prometheus scrapes; `answer`: its HTTP

mod answer;
pub(crate) mod counters;
pub(crate) mod exposition;
pub(crate) mod prometheus;
pub(crate) mod status;
