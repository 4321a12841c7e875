//! How a hub goes on as another program, and how that one begins.

use std::time::{Duration, Instant};

use hub_protocol::Refusal;
use rustix::event::epoll;

use super::requests::refuse;
use super::state::Control;
use crate::core::NewSubscriber;
use crate::process::journal::note;
use crate::process::systemd;
use crate::shard::Subscriber;
use crate::socket::connection::Connection;
use crate::upgrade;
use crate::upgrade::SnapshotRef;

impl Control {
    /// Has the program that is installed now go on with everything; goes on itself if that cannot be.
    pub(super) fn upgrade(&mut self, mut asker: Connection) {
        systemd::reloading();
        let _ = epoll::delete(&self.epoll, &asker.socket);
        let settled = self.await_redis();
        let (streams, joining) = (self.core.drain(), self.core.drain_awaiting_redis());
        let connections: Vec<&Connection> = self.connections.values().collect();
        let snapshot = SnapshotRef {
            listener: &self.listener,
            backlog: &self.core.backlog,
            streams: &streams,
            joining: &joining,
            connections: &connections,
            asker: Some(&asker),
        };
        let Err(why) = upgrade::hand_on(&snapshot);
        note!("upgrade failed, continuing as before: {why}");
        self.go_on_with(streams, joining, settled);
        asker.reply(&refuse(Refusal::Unavailable, &why.to_string()));
        // What it has asked besides is answered now.
        self.inherit(vec![asker]);
        systemd::ready();
    }

    /// Waits for the answers of Redis to what was published: another program would not get them. Nothing else is
    /// taken in meanwhile. Who has been answered can go on.
    fn await_redis(&mut self) -> Vec<u64> {
        let mut settled = self.take_answers();
        while self.longest_wait(Instant::now()).is_some() {
            std::thread::sleep(Duration::from_millis(1));
            settled.extend(self.take_answers());
            settled.extend(self.end_waits(Instant::now()));
        }
        settled
    }

    /// Goes on as if nothing had been.
    fn go_on_with(
        &mut self,
        streams: Vec<Subscriber>,
        joining: Vec<NewSubscriber>,
        settled: Vec<u64>,
    ) {
        self.core.restore(streams);
        for joining in joining {
            self.core.subscribe(joining, Instant::now());
        }
        for token in settled {
            self.resume(token);
        }
    }

    /// Goes on with the connections of the program before.
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
