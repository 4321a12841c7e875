//! What the hub has to say to who runs it: one line on stderr for each thing worth knowing.

use std::{
    fmt,
    io::{self, Write},
};

/// Writes a line, as `format!` would.
macro_rules! note {
    ($($argument:tt)*) => { $crate::journal::write(format_args!($($argument)*)) };
}
pub(crate) use note;

/// Where the line cannot be written (a full disk), there is nobody left to tell.
pub(crate) fn write(line: fmt::Arguments<'_>) {
    let seconds = rustix::time::clock_gettime(rustix::time::ClockId::Realtime).tv_sec;
    let pid = std::process::id();
    drop(writeln!(io::stderr(), "{seconds} sse-hub[{pid}]: {line}"));
}
