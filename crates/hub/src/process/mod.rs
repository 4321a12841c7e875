//! The hub's process: signals, log, its own program, systemd.
//!
//! # Layout
//!
//! * `signals`: SIGTERM, SIGINT and SIGHUP through a descriptor; children are reaped
//! * `journal`: the lines of the log; `remarks`: limits how often one of a kind is written
//! * `log_file`: the file that a hub in the background logs to
//! * `program`: the path of the program that is installed now
//! * `systemd`: `sd_notify(3)`

pub(crate) mod journal;
pub(crate) mod log_file;
pub(crate) mod program;
pub(crate) mod remarks;
pub(crate) mod signals;
pub(crate) mod systemd;
