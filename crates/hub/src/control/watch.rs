//! Watches the hub's directory with inotify, so that a removed socket is noticed at once.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// An inotify descriptor; without it, a removal is noticed within a second.
pub(super) struct LocationWatch(Option<OwnedFd>);

impl LocationWatch {
    pub(super) fn new() -> Self {
        Self(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok())
    }

    /// Watches this directory, instead of one that had the name before.
    pub(super) fn watch(&self, directory: &Path) {
        const REMOVED: WatchFlags = WatchFlags::DELETE
            .union(WatchFlags::MOVED_FROM)
            .union(WatchFlags::DELETE_SELF)
            .union(WatchFlags::MOVE_SELF);
        if let Some(watch) = &self.0 {
            let _ = inotify::add_watch(watch, directory, REMOVED | WatchFlags::ONLYDIR);
        }
    }

    /// The descriptor that is readable when something was removed.
    pub(super) fn descriptor(&self) -> Option<&OwnedFd> {
        self.0.as_ref()
    }

    /// Discards the events; the caller checks its files in any case.
    pub(super) fn drain(&self) {
        if let Some(watch) = &self.0 {
            let _ = rustix::io::read(watch, &mut [0; 4096]);
        }
    }
}
