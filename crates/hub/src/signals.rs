//! What the process is told by signals.
//!
//! The invariant: as the first process of a container the hub is told nothing that it has no handler for, and
//! whoever is left behind there becomes its child: both are seen to.

use std::{
    io::{self, Read},
    os::unix::net::UnixStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use rustix::process::{WaitOptions, wait};
use signal_hook::{
    consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM},
    flag,
    low_level::pipe,
};

/// The signals that have come.
#[derive(Debug)]
pub(crate) struct Signals {
    bell: UnixStream,
    ends: Arc<AtomicBool>,
    hangs_up: Arc<AtomicBool>,
}

/// What a hub is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To end.
    End,
    /// To open its log again.
    Reopen,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    ///
    /// When the system has no descriptor left.
    pub(crate) fn listen() -> io::Result<Self> {
        let (bell, ring) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        let signals = Self { bell, ends: Arc::default(), hangs_up: Arc::default() };
        for (signal, asks) in
            [(SIGTERM, &signals.ends), (SIGINT, &signals.ends), (SIGHUP, &signals.hangs_up)]
        {
            // In this order: who is woken finds it.
            flag::register(signal, Arc::clone(asks))?;
        }
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGCHLD] {
            pipe::register(signal, ring.try_clone()?)?;
        }
        Ok(signals)
    }

    /// Readable when one has come.
    pub(crate) fn bell(&self) -> &UnixStream {
        &self.bell
    }

    /// What is asked for; children that have ended are seen to.
    pub(crate) fn take(&self) -> Option<Asked> {
        drop((&self.bell).read(&mut [0; 64]));
        reap();
        if self.ends.swap(false, SeqCst) {
            return Some(Asked::End);
        }
        self.hangs_up.swap(false, SeqCst).then_some(Asked::Reopen)
    }
}

/// Lets those go who have ended: the one that an upgrade needs, and strangers whose parent has ended.
pub(crate) fn reap() {
    while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
}
