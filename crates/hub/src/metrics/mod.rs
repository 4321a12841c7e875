//! The hub's status and metrics: for `Sse::status()`, `sse-hub status` and Prometheus.
//!
//! # Layout
//!
//! * `counters`: the counters of all threads
//! * `status`: the report, as JSON; `exposition`: the report in the text format of Prometheus
//! * `prometheus`: the port that Prometheus scrapes; `answer`: its HTTP responses

mod answer;
pub(crate) mod counters;
pub(crate) mod exposition;
pub(crate) mod prometheus;
pub(crate) mod status;
