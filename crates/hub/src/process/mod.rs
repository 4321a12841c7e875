//! The process: what it is told and tells, where its program is, and its log.

pub(crate) mod journal;
pub(crate) mod log_file;
pub(crate) mod program;
pub(crate) mod remarks;
pub(crate) mod signals;
pub(crate) mod systemd;
