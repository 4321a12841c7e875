//! How a hub gives everything to another, and how that one goes on with it.

use std::time::{Duration, Instant};

use hub_protocol::{Refusal, Reply};
use rustix::event::epoll;

use super::{answering::refuse, connection::Connection, serving::Control};
use crate::{
    core::Joining,
    journal::note,
    notify::notify,
    shard::Stream,
    upgrade::{self, Legacy},
};

impl Control {
    /// Has another hub go on with everything; goes on itself if that cannot be.
    pub(super) fn upgrade(&mut self, mut asker: Connection) {
        let _ = epoll::delete(&self.epoll, &asker.socket);
        let settled = self.settle();
        let (streams, joining) = (self.core.surrender(), self.core.surrender_waiting());
        let connections: Vec<&Connection> = self.connections.values().collect();
        let legacy = Legacy {
            listener: &self.listener,
            backlog: &self.core.backlog,
            streams: &streams,
            joining: &joining,
            connections: &connections,
        };
        let reply = match upgrade::hand_on(&legacy) {
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
                self.go_on_with(streams, joining, settled);
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

    /// Waits for the answers of Redis to what was published: another hub would not get them. Nothing else is
    /// taken in meanwhile. Who has been answered can go on.
    fn settle(&mut self) -> Vec<u64> {
        let mut settled = self.take_answers();
        while self.longest_wait(Instant::now()).is_some() {
            std::thread::sleep(Duration::from_millis(1));
            settled.extend(self.take_answers());
            settled.extend(self.end_waits(Instant::now()));
        }
        settled
    }

    /// Goes on as if nothing had been.
    fn go_on_with(&mut self, streams: Vec<Stream>, joining: Vec<Joining>, settled: Vec<u64>) {
        self.core.hold(streams);
        for joining in joining {
            self.core.join(joining, Instant::now());
        }
        for token in settled {
            self.resume(token);
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
