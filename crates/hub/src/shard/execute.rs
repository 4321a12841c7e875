//! Executes the core's commands on a shard's thread; `fan_out` has those with updates.

use std::time::{Duration, Instant};

use super::command::Command;
use super::event_loop::EventLoop;
use super::goodbye;
use super::subscriber::Subscriber;
use crate::leases::Lease;
use crate::memory;
use crate::output::Output;

/// The time that clients have to read their last bytes when the hub ends.
const GOODBYE: Duration = Duration::from_secs(2);

/// The most commands, and the most bytes of updates in them, that are executed before queues are flushed: as many as
/// one system call sends to a client.
const COMMANDS_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: usize = 256 * 1024;

impl EventLoop {
    /// Executes some of the commands that wait.
    pub(super) fn execute_commands(&mut self) {
        let mut bytes = 0;
        for _ in 0..COMMANDS_AT_ONCE {
            if bytes > BYTES_AT_ONCE {
                return;
            }
            let Ok(command) = self.commands.try_recv() else { return };
            match command {
                Command::Add(subscriber) => self.add(subscriber),
                Command::Replay(batch) => self.replay(batch),
                Command::Deliver(update) => {
                    self.deliver(&update);
                    bytes += update.size();
                }
                // The core may be waiting to send more.
                Command::Mark => drop(self.marks.try_recv()),
                Command::Reset(update) => self.reset(&update),
                Command::Drop(leases) => leases.iter().for_each(|lease| self.drop_oldest(*lease)),
                Command::Drain(core) => {
                    // The core waits for it.
                    drop(core.send(self.drain()));
                }
                Command::Goodbye => self.send_goodbye(),
            }
        }
    }

    /// Returns all subscribers; their new owner knows no more of the log than they do.
    pub(super) fn drain(&mut self) -> Vec<Subscriber> {
        let tokens = self.registry.tokens().into_iter();
        let subscribers: Vec<_> = tokens.filter_map(|token| self.remove(token)).collect();
        let positions = &self.positions;
        let detach = |mut subscriber: Box<Subscriber>| {
            positions.rebase(&mut subscriber.known);
            if subscriber.known.is_complete {
                subscriber.position = positions.reached(subscriber.position);
            }
            subscriber.detached()
        };
        subscribers.into_iter().map(detach).collect()
    }

    pub(super) fn add(&mut self, mut subscriber: Box<Subscriber>) {
        self.positions.rebase(&mut subscriber.known);
        let counter = match subscriber.output {
            Output::Http { .. } => &self.counters.streams,
            Output::Worker => &self.counters.workers,
        };
        counter.add(1);
        let replay = subscriber.replay_receiver.as_ref().map(|receiver| receiver.number);
        let lease = subscriber.lease.as_deref().map(Lease::number);
        subscriber.output.encodings().for_each(memory::note_encoding);
        if let Some(coding) = subscriber.output.coding() {
            self.counters.compressed[coding.index()].add(1);
        }
        let token = self.registry.add(subscriber);
        if let Some(subscriber) = self.registry.get(token) {
            self.groups.add(token, subscriber);
        }
        self.by_replay.extend(replay.map(|number| (number, token)));
        self.by_lease.extend(lease.map(|number| (number, token)));
        if !self.watch(token) {
            self.close(token);
            return;
        }
        if self.deadline.is_some()
            && let Some(subscriber) = self.registry.get(token)
        {
            goodbye::send_goodbye(subscriber, 0, &mut self.positions);
        }
        self.to_flush.push(token);
    }

    /// Ends a stream at once, even if its client reads nothing: it may be a phone that went offline long ago.
    pub(super) fn drop_oldest(&mut self, lease: u64) {
        let Some(token) = self.by_lease.get(&lease).copied() else { return };
        if let Some(subscriber) = self.registry.get(token) {
            goodbye::send_dropped(subscriber, &mut self.positions);
            self.counters.dropped_oldest.add(1);
            self.flush(token, Instant::now());
            self.close(token);
        }
    }

    pub(super) fn send_goodbye(&mut self) {
        self.deadline = Some(Instant::now() + GOODBYE);
        for (index, token) in self.registry.tokens().into_iter().enumerate() {
            if let Some(subscriber) = self.registry.get(token) {
                goodbye::send_goodbye(subscriber, index, &mut self.positions);
                self.to_flush.push(token);
            }
        }
    }
}
