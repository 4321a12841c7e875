//! Receives signals through a descriptor, and reaps children.
//!
//! The invariant: no signal is lost, and none ends the process, not even during an upgrade: all threads block them,
//! execve(2) keeps blocked and pending signals, and one descriptor reports them. As the first process of a container,
//! the hub gets signals only this way; orphans there become its children, and it reaps them.

use std::io;
use std::os::fd::AsFd;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use rustix::process::{WaitOptions, wait};

/// The descriptor of the pending signals.
#[derive(Debug)]
pub(crate) struct Signals(SignalFd);

impl Signals {
    /// Blocks the signals, and reports them from now on. Call it before there is a second thread.
    ///
    /// # Errors
    ///
    /// When the system has no descriptor left.
    pub(crate) fn listen() -> io::Result<Self> {
        let mut heard = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGCHLD] {
            heard.add(signal);
        }
        // SIGPIPE is blocked and not reported: after a failed upgrade, std has given it back its default, to kill.
        let mut blocked = heard;
        blocked.add(Signal::SIGPIPE);
        blocked.thread_block()?;
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        Ok(Self(SignalFd::with_flags(&heard, flags)?))
    }

    /// The descriptor that is readable when a signal is pending.
    pub(crate) fn waker(&self) -> impl AsFd {
        self.0.as_fd()
    }

    /// Returns the next signal to act on: SIGHUP, SIGTERM or SIGINT. Reaps children that have exited.
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

/// Reaps children: the one that an upgrade needs, and orphans.
fn reap() {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}
