//! What the process is told by signals.
//!
//! The invariant: none is lost, and none ends the process, not while one program makes room for another either:
//! all threads block them, execve(2) keeps what is blocked and what waits, and one descriptor gives them out. As
//! the first process of a container the hub gets signals only so, and whoever is left behind there becomes its
//! child, and is seen to.

use std::io;
use std::os::fd::AsFd;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::process::{WaitOptions, wait};

/// The signals that wait.
#[derive(Debug)]
pub(crate) struct Signals(SignalFd);

impl Signals {
    /// Listens from now on; to be called before there is a second thread.
    ///
    /// # Errors
    ///
    /// When the system has no descriptor left.
    pub(crate) fn listen() -> io::Result<Self> {
        let mut heard = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGCHLD] {
            heard.add(signal);
        }
        // Not heard: where an upgrade fails, std has made it one that ends the process.
        let mut blocked = heard;
        blocked.add(Signal::SIGPIPE);
        blocked.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&heard, flags)?))
    }

    /// Readable when one waits.
    pub(crate) fn waker(&self) -> impl AsFd {
        self.0.as_fd()
    }

    /// The next signal to act on: SIGHUP, SIGTERM or SIGINT. Children that have ended are reaped.
    pub(crate) fn take(&self) -> Option<Signal> {
        while let Ok(Some(signal)) = self.0.read_signal() {
            match Signal::try_from(signal.ssi_signo.cast_signed()) {
                Ok(Signal::SIGCHLD) => reap(),
                Ok(signal) => return Some(signal),
                Err(_) => {}
            }
        }
        None
    }
}

/// Lets those go who have ended: the one that an upgrade needs, and strangers whose parent has ended.
fn reap() {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}
