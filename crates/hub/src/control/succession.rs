//! How a hub gives everything to another, and how that one goes on with it.

use std::time::{Duration, Instant};

use hub_protocol::{Refusal, Reply};
use rustix::event::epoll;

use super::{
    answering::refuse,
    connection::Connection,
    serving::{Control, PAUSE},
};
use crate::{journal::note, notify::notify, upgrade};

impl Control {
    /// Has another hub go on with everything; goes on itself if that cannot be.
    pub(super) fn upgrade(&mut self, mut asker: Connection) {
        let _ = epoll::delete(&self.epoll, &asker.socket);
        self.settle();
        let streams = self.core.surrender();
        let connections: Vec<&Connection> = self.connections.values().collect();
        let (listener, backlog) = (&self.listener, &self.core.backlog);
        let reply = match upgrade::hand_on(listener, backlog, &streams, &connections) {
            Ok(heir) => {
                notify(&format!("MAINPID={heir}"));
                note!("another hub goes on with {} streams", streams.len());
                (self.stopping, self.succeeded) = (true, true);
                // What is asked from here on is the other's to answer.
                self.connections.clear();
                Reply::Stopping
            }
            Err(why) => {
                note!("{why}");
                self.core.hold(streams);
                refuse(Refusal::Unavailable, &why)
            }
        };
        asker.reply(&reply);
        if self.succeeded {
            drop(asker.flush());
        } else {
            self.add(asker);
        }
    }

    /// Waits a little for what Redis is asked: the answers would come to nobody.
    fn settle(&mut self) {
        let deadline = Instant::now() + PAUSE;
        let is_waiting = |connection: &Connection| connection.is_waiting;
        while (self.core.is_asking() || self.connections.values().any(is_waiting))
            && Instant::now() < deadline
        {
            std::thread::sleep(Duration::from_millis(1));
            self.hear();
        }
    }

    /// Goes on with the connections of another hub.
    pub(crate) fn inherit(&mut self, connections: Vec<Connection>) {
        for connection in connections {
            let token = self.next;
            self.add(connection);
            // What it has asked so far may have come whole.
            if let Some(connection) = self.connections.remove(&token) {
                self.go_on(token, connection, Ok(()));
            }
        }
    }
}
