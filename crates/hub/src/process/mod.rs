//! The process: its signals, its program, its log, and what it tells systemd.
//!
//! # Layout
//!
//! * `signals`: SIGTERM, SIGINT and SIGHUP through a descriptor; children are reaped
//! * `journal`: the lines of the log; `remarks`: limits how often one of a kind is written
//! * `log_file`: the file that a hub in the background logs to
//! * `program`: the path of the program, and with it of the one that is installed next
//! * `systemd`: `sd_notify(3)`

pub(crate) mod journal;
pub(crate) mod log_file;
pub(crate) mod program;
pub(crate) mod remarks;
pub(crate) mod signals;
pub(crate) mod systemd;
