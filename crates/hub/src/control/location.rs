//! Keeps the hub's socket, lock and directory in place, or ends the hub.
//!
//! The invariant: a hub whose socket, lock or directory was removed restores it, or it exits, and its clients
//! reconnect to the hub that has replaced it. Two hubs of one user do not last.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use hub_protocol::location::looked_for_before;
use rustix::event::epoll::{self, EventData, EventFlags};

use super::state::{Control, LISTENER};
use crate::directory;
use crate::location_error::{LocationError, Problem};
use crate::process::journal::note;
use crate::socket::listener::directory_of;

/// The time for which a hub that cannot be found tries to restore its files.
const PATIENCE: Duration = Duration::from_secs(10);

/// The time to let a process finish that removes more than the socket, so that it does not meet new files.
const A_MOMENT: Duration = Duration::from_millis(20);

impl Control {
    /// Restores files that were removed, or ends the hub if another one has replaced it.
    pub(super) fn keep_location(&mut self, now: Instant) {
        if self.listener.is_in_place() {
            self.displaced = None;
            return;
        }
        let since = *self.displaced.get_or_insert(now);
        std::thread::sleep(A_MOMENT);
        // Those who have connected by the old one.
        self.accept_connections();
        match self.listener.restore().and_then(|()| self.restore_directory()) {
            Ok(()) => note!("socket, lock or directory was removed, and is restored"),
            Err(why) if self.listener.is_replaced() || now.duration_since(since) >= PATIENCE => {
                note!(
                    "socket, lock or directory was removed, and cannot be restored, exiting: {why}"
                );
                self.stopping = true;
            }
            Err(why) => {
                self.log_failure("cannot restore socket, lock or directory", &why.to_string());
            }
        }
    }

    /// Restores the rest of the directory, and watches it.
    fn restore_directory(&mut self) -> Result<(), LocationError> {
        let socket = self.listener.socket().as_fd();
        let data = EventData::new_u64(LISTENER);
        // The kernel has dropped the old socket from epoll when it was closed.
        if epoll::add(&self.epoll, socket, data, EventFlags::IN).is_ok() {
            self.listens = true;
        }
        let path = self.listener.path();
        self.watch.watch(directory_of(path));
        let last_id = path.with_file_name("last-id");
        let moved = self.core.log.move_to(&last_id);
        moved.map_err(|error| LocationError::new(&last_id, Problem::NotOpened(error)))?;
        if std::mem::take(&mut self.served) {
            self.note_served();
        }
        Ok(())
    }

    /// Ends the hub if another one of this user listens where clients look first: the two were started at the same
    /// time, in different directories.
    pub(super) fn yield_to_the_first(&mut self) {
        let mut before = looked_for_before(self.listener.path()).into_iter();
        let first = before.find(|path| directory::has_listener(path));
        if let Some(first) = first {
            note!("another hub of this user is found first, at {}, exiting", first.display());
            self.stopping = true;
        }
    }
}
