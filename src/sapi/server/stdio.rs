//! The transport of the command line: heartbeats on standard output, where that is a pipe or a socket.
//!
//! The script's bytes go through PHP as ever, so that its output can be captured; the keeper adds
//! heartbeats where standard output is a pipe or a socket and nobody captures it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{FileType, fstat};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::stdout;

use super::error::{NoHandOff, NoWire};
use super::transport::{HandOffTarget, Transport, TryWrite, WritePath};
use crate::sapi::response::output;
use crate::sapi::sys::poll::poll;

/// Standard output.
struct Stdio(OwnedFd);

/// Returns the transport of this script.
pub(crate) fn transport() -> Result<Box<dyn Transport>, NoWire> {
    if output::level() > 0 {
        return Err(NoWire::OutputCaptured);
    }
    let kind = fstat(stdout()).map(|stat| FileType::from_raw_mode(stat.st_mode));
    if !matches!(kind, Ok(FileType::Fifo | FileType::Socket)) {
        return Err(NoWire::OutputNoPipe);
    }
    let fd = fcntl_dupfd_cloexec(stdout(), 3).map_err(|_| NoWire::OutputClosed)?;
    Ok(Box::new(Stdio(fd)))
}

impl Transport for Stdio {
    fn fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn write_path(&self) -> WritePath {
        WritePath::Server
    }

    fn try_write(&self, bytes: &[u8], _: usize) -> TryWrite {
        let mut fds = [PollFd::new(&self.0, PollFlags::OUT)];
        if poll(&mut fds, Some(std::time::Duration::ZERO)) != Ok(1) {
            return TryWrite::WouldBlock;
        }
        let seen = fds[0].revents();
        if seen.intersects(PollFlags::ERR | PollFlags::HUP) {
            return TryWrite::Closed;
        }
        // A pipe that is writable takes PIPE_BUF bytes, more than any heartbeat, at once.
        match rustix::io::write(&self.0, bytes) {
            Ok(written) if written == bytes.len() => TryWrite::Written,
            Ok(_) | Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => TryWrite::WouldBlock,
            Err(_) => TryWrite::Closed,
        }
    }

    fn server_is_stopping(&self) -> bool {
        false
    }

    fn hand_off(&self) -> Result<HandOffTarget, NoHandOff> {
        Err(NoHandOff::OwnOutput)
    }

    fn describe(&self) -> &'static str {
        "through PHP's output, to standard output"
    }
}
