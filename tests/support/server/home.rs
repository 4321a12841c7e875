//! A server's own directory, with the hub of its scripts, which ends with it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::hub::HubOf;
use crate::site::world_writable_directory;

/// The directory of a server. It is to be dropped when whatever could start another hub has ended.
#[derive(Debug)]
pub(super) struct Home(TempDir);

impl Home {
    pub(super) fn new() -> Self {
        Self(world_writable_directory())
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let socket = hub_socket(self.path());
        if socket.exists() {
            drop(HubOf::at(socket));
        }
    }
}

/// Where the hub of the scripts listens unless the test names another place: at the machine's own it would stay.
pub(super) fn hub_socket(directory: &Path) -> PathBuf {
    directory.join("hub/hub.sock")
}
