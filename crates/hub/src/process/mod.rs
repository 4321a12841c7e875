//! The process: what it is told and tells, where its program is, and its log.
//!
//! # Layout
//! * `signals`, `systemd`: what it is told, and what it tells systemd
//! * `program`: where its program is
//! * `journal`, `remarks`, `log_file`: lines of the log, how often, and its file

pub(crate) mod journal;
pub(crate) mod log_file;
pub(crate) mod program;
pub(crate) mod remarks;
pub(crate) mod signals;
pub(crate) mod systemd;
