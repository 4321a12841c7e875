//! How a shard's thread obeys the core's commands.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::event::epoll::{self, EventData};

use super::{
    command::{Command, ReplayBatch},
    event_loop::{EventLoop, READABLE},
    goodbye,
    subscriber::Subscriber,
};
use crate::{framing::Output, leases::Lease, memory, update::Update};

/// How long streams have to take the last bytes when the hub ends.
const GOODBYE: Duration = Duration::from_secs(2);

/// How many commands are obeyed before what is queued is sent, and how many bytes of events: as many as one
/// system call sends to a client.
const COMMANDS_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: usize = 256 * 1024;

impl EventLoop {
    /// Obeys some of the commands that wait.
    pub(super) fn obey(&mut self) {
        let mut bytes = 0;
        for _ in 0..COMMANDS_AT_ONCE {
            if bytes > BYTES_AT_ONCE {
                return;
            }
            let Ok(command) = self.commands.try_recv() else { return };
            match command {
                Command::Add(stream) => self.add(stream),
                Command::Replay(replay) => self.replay(replay),
                Command::Deliver(event) => {
                    self.deliver(&event);
                    bytes += event.size();
                }
                // The core may have some more waiting.
                Command::Mark => drop(self.marks.try_recv()),
                Command::Reset(event) => self.reset(&event),
                Command::Drop(leases) => leases.iter().for_each(|lease| self.drop_oldest(*lease)),
                Command::Drain(heir) => {
                    // The core waits for it.
                    drop(heir.send(self.drain()));
                }
                Command::Goodbye => self.say_goodbye(),
            }
        }
    }

    /// Gives all streams away; who goes on with them knows no more of the log than they do.
    fn drain(&mut self) -> Vec<Subscriber> {
        let tokens = self.roll.tokens().into_iter();
        let streams: Vec<_> = tokens.filter_map(|token| self.take_out(token)).collect();
        let course = &self.course;
        let left = |mut stream: Box<Subscriber>| {
            course.turn(&mut stream.known);
            if stream.known.is_complete {
                stream.position = course.reached(stream.position);
            }
            stream.forgotten()
        };
        streams.into_iter().map(left).collect()
    }

    fn add(&mut self, mut stream: Box<Subscriber>) {
        self.course.turn(&mut stream.known);
        let counter = match stream.output {
            Output::Http(_) => &self.counters.streams,
            Output::Worker => &self.counters.workers,
        };
        counter.add(1);
        let number = stream.replay_receiver.as_ref().map(|catch_up| catch_up.number);
        let lease = stream.lease.as_deref().map(Lease::number);
        stream.output.shared().into_iter().for_each(memory::note_way);
        let token = self.roll.add(stream);
        self.catching_up.extend(number.map(|number| (number, token)));
        self.leased.extend(lease.map(|lease| (lease, token)));
        let Some(stream) = self.roll.get(token) else { return };
        let added =
            epoll::add(&self.epoll, &stream.socket, EventData::new_u64(token.to_bits()), READABLE);
        if added.is_err() {
            self.close(token);
            return;
        }
        if self.end.is_some() {
            goodbye::say_goodbye(stream, 0, &mut self.course);
        }
        self.woken.push(token);
    }

    /// Queues some of what a stream has missed.
    fn replay(&mut self, replay: ReplayBatch) {
        let ReplayBatch { number, events, live_after } = replay;
        let Some(token) = self.catching_up.get(&number).copied() else { return };
        let Some(stream) = self.roll.get(token).filter(|stream| !stream.is_ending) else { return };
        for event in events {
            stream.queue.push_event(&event, stream.output);
            self.course.note_told(&mut stream.known, event.id);
            if let Some(catch_up) = &mut stream.replay_receiver {
                catch_up.give(event.size());
            }
        }
        if let Some(position) = live_after {
            stream.go_live(position);
            self.catching_up.remove(&number);
        }
        self.woken.push(token);
        self.relieve();
    }

    /// Queues an event for everyone who follows one of its topics, once.
    fn deliver(&mut self, event: &Arc<Update>) {
        let Self { roll, woken, counters, course, .. } = self;
        let mut delivered = 0;
        for topic in &event.topics {
            roll.each_follower(topic, |token, stream| {
                if stream.position >= event.id || stream.is_ending {
                    return;
                }
                stream.position = event.id;
                course.note_told(&mut stream.known, event.id);
                if stream.queue.is_empty() {
                    woken.push(token);
                }
                stream.queue.push_event(event, stream.output);
                delivered += 1;
            });
        }
        counters.delivered.add(delivered);
        self.relieve();
        let due = self.course.pass(event, self.roll.slots());
        self.renew_positions(due);
    }

    /// Tells so many clients where they are, by turns, whom the log has left behind. Who does not take what it
    /// was sent has to take that first.
    fn renew_positions(&mut self, turns: usize) {
        let Self { roll, woken, course, .. } = self;
        roll.take_turns(turns, |token, stream| {
            let is_due = !stream.is_ending
                && stream.queue.is_empty()
                && course.has_moved_on(&stream.known, 1);
            if is_due && stream.tell_position(course) {
                woken.push(token);
            }
        });
    }

    /// Tells every stream that it has missed events.
    fn reset(&mut self, event: &Arc<Update>) {
        self.course.begin_anew(event.id);
        for token in self.roll.tokens() {
            let Some(stream) = self.roll.get(token).filter(|stream| !stream.is_ending) else {
                continue;
            };
            self.course.note_told(&mut stream.known, event.id);
            stream.queue.push_event(event, stream.output);
            if let Some(number) = stream.go_live(event.id) {
                self.catching_up.remove(&number);
            }
            self.counters.resets.add(1);
            self.woken.push(token);
        }
    }

    /// Drops clients for which too much is kept that nobody else needs, those first that are furthest behind,
    /// until there is room for others to lag a little.
    fn relieve(&mut self) {
        if memory::held_for_slow_clients() <= self.queue_limit {
            return;
        }
        // Who has only not been asked yet is not behind.
        self.flush_woken(Instant::now());
        if memory::held_for_slow_clients() <= self.queue_limit {
            return;
        }
        let enough = self.queue_limit - self.queue_limit / 8;
        let tokens = self.roll.tokens().into_iter();
        let rank = |token| Some((self.roll.get(token)?.queue.rank()?, token));
        let mut behind: Vec<_> = tokens.filter_map(rank).collect();
        behind.sort_unstable_by_key(|(rank, _)| *rank);
        for (_, token) in behind {
            if memory::held_for_slow_clients() <= enough {
                return;
            }
            self.counters.dropped_slow.add(1);
            self.close(token);
        }
    }

    /// Ends a stream at once, also if its client takes nothing: it may be a phone that is long off.
    fn drop_oldest(&mut self, lease: u64) {
        let Some(token) = self.leased.get(&lease).copied() else { return };
        if let Some(stream) = self.roll.get(token) {
            goodbye::say_dropped(stream, &mut self.course);
            self.counters.dropped_oldest.add(1);
            self.flush(token, Instant::now());
            self.close(token);
        }
    }

    fn say_goodbye(&mut self) {
        self.end = Some(Instant::now() + GOODBYE);
        for (number, token) in self.roll.tokens().into_iter().enumerate() {
            if let Some(stream) = self.roll.get(token) {
                goodbye::say_goodbye(stream, number, &mut self.course);
                self.woken.push(token);
            }
        }
    }
}
