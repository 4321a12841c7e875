//! Upgrades the hub: passes everything on to the new program, and resumes if that fails.

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
    /// Runs the program that is installed now, which takes over everything; goes on as before if that fails.
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
        // The requests that it has sent besides are answered now.
        self.inherit(vec![asker]);
        systemd::ready();
    }

    /// Waits for the replies of Redis to publishers: another program would not get them. Nothing else is accepted
    /// meanwhile. Returns the tokens of those that have their reply.
    fn await_redis(&mut self) -> Vec<u64> {
        let mut settled = self.take_answers();
        while self.longest_wait(Instant::now()).is_some() {
            std::thread::sleep(Duration::from_millis(1));
            settled.extend(self.take_answers());
            settled.extend(self.end_waits(Instant::now()));
        }
        settled
    }

    /// Resumes as if nothing had happened.
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

    /// Adds the connections of the program before.
    pub(crate) fn inherit(&mut self, connections: Vec<Connection>) {
        for connection in connections {
            let token = self.next;
            self.add(connection);
            // Requests on it may have arrived whole.
            if let Some(connection) = self.connections.remove(&token) {
                self.go_on(token, connection, Ok(()));
            }
        }
    }
}
