//! Sees to it that the hub is found where it is looked for.
//!
//! The invariant: a hub whose socket, lock or directory was removed is found there again, or it ends, and its
//! clients come back to the one that is found. Two hubs of one user do not last.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use hub_protocol::location::looked_for_before;
use rustix::event::epoll::{self, EventData, EventFlags};

use super::state::{Control, LISTENER};
use crate::directory;
use crate::location_error::{LocationError, Problem};
use crate::process::journal::note;
use crate::socket::listener::directory_of;

/// How long a hub that cannot be found goes on trying to be.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever removes more than the socket has done so then, and finds nothing new in his way.
const A_MOMENT: Duration = Duration::from_millis(20);

impl Control {
    /// Puts back what was removed, or ends if another hub has come.
    pub(super) fn keep_location(&mut self, now: Instant) {
        if self.listener.is_in_place() {
            self.displaced = None;
            return;
        }
        let since = *self.displaced.get_or_insert(now);
        std::thread::sleep(A_MOMENT);
        // Those who have come by the old one.
        self.let_in();
        match self.listener.restore().and_then(|()| self.settle_in()) {
            Ok(()) => note!("socket, lock or directory was removed, and is restored"),
            Err(why) if self.listener.is_replaced() || now.duration_since(since) >= PATIENCE => {
                note!(
                    "socket, lock or directory was removed, and cannot be restored, exiting: {why}"
                );
                self.stopping = true;
            }
            Err(why) => self.complain("cannot restore socket, lock or directory", &why.to_string()),
        }
    }

    /// What else is in the directory, and who is told of it.
    fn settle_in(&mut self) -> Result<(), LocationError> {
        let socket = self.listener.socket().as_fd();
        let data = EventData::new_u64(LISTENER);
        // The one that was there before is gone with its descriptor.
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

    /// Ends if another hub of this user's listens where it is looked for first: two that were started at the
    /// same time, in different places.
    pub(super) fn yield_to_the_first(&mut self) {
        let mut before = looked_for_before(self.listener.path()).into_iter();
        let first = before.find(|path| directory::has_listener(path));
        if let Some(first) = first {
            note!("another hub of this user is found first, at {}, exiting", first.display());
            self.stopping = true;
        }
    }
}
