//! The hub that scripts start, which ends with the test.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::extension;
use crate::site::Site;

/// Where a hub of a site's scripts listens. Dropping it ends the hub, which would end by itself, but much
/// later; whatever would start another one has to be dropped before.
#[derive(Debug)]
pub struct HubOf {
    socket: PathBuf,
}

impl HubOf {
    /// A script that starts the hub, however long the machine takes: a request would not wait for it.
    pub const START: &str = r"<?php
    while (true) {
        try {
            exit(Sse::publish('nobody', 'x'));
        } catch (SseException) {
            usleep(10_000);
        }
    }";

    /// In a directory of the site's.
    pub fn site(site: &Site) -> Self {
        Self::at(site.path("hub/hub.sock"))
    }

    pub(crate) fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Where it listens: `sse.hub_socket`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Its own program, to be run with a command.
    pub fn program(&self, command: &str) -> Command {
        let mut program = Command::new(extension::path().with_file_name("sse-hub"));
        program.arg(command).arg("--socket").arg(&self.socket);
        program
    }
}

impl Drop for HubOf {
    fn drop(&mut self) {
        drop(self.program("stop").output());
    }
}
