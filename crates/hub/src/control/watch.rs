//! What says that something was removed by which the hub is found.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

/// What says at once that something was removed; without it, it is noticed within a second.
pub(super) struct LocationWatch(Option<OwnedFd>);

impl LocationWatch {
    pub(super) fn new() -> Self {
        Self(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok())
    }

    /// Watches this directory, instead of what has had its name before.
    pub(super) fn watch(&self, directory: &Path) {
        const REMOVED: WatchFlags = WatchFlags::DELETE
            .union(WatchFlags::MOVED_FROM)
            .union(WatchFlags::DELETE_SELF)
            .union(WatchFlags::MOVE_SELF);
        if let Some(watch) = &self.0 {
            let _ = inotify::add_watch(watch, directory, REMOVED | WatchFlags::ONLYDIR);
        }
    }

    /// Readable when something was removed.
    pub(super) fn descriptor(&self) -> Option<&OwnedFd> {
        self.0.as_ref()
    }

    /// Forgets what it says: that is looked at in any case.
    pub(super) fn drain(&self) {
        if let Some(watch) = &self.0 {
            let _ = rustix::io::read(watch, &mut [0; 4096]);
        }
    }
}
