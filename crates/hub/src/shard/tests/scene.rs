//! Two shards with the same streams, of which those of one are compressed, and what happens to both.
//!
//! The invariant: both shards do the same at the same time.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use content_coding::{Coding, Progress};
use hub_protocol::{EventId, Publication};
use rustix::net::sockopt::set_socket_send_buffer_size;
use slotmap::Key;

use super::client::Client;
use super::side::{Opening, Side, event_loop, subscriber, topics};
use crate::encoders::EncoderMemory;
use crate::shard::positions::Retention;
use crate::shard::replay_channel::Waker;
use crate::shard::{Compression, KnownPosition, ReplayBatch, replay_channel};
use crate::update::{Bytes, Update};

/// Both shards.
pub(super) struct Scene {
    coding: Coding,
    memory: usize,
    retention: Retention,
    pub(super) sides: [Side; 2],
    pub(super) now: Instant,
    newest: EventId,
    /// What was published, with its topics.
    log: Vec<(u8, EventId, Vec<u8>)>,
    replays: u64,
}

impl Scene {
    pub(super) fn new(coding: Coding, memory: usize, tells_positions: bool) -> Self {
        let now = Instant::now();
        let kept = if tells_positions { Some(8) } else { None };
        let for_ever = Duration::from_secs(1 << 40);
        let retention = Retention { updates: kept, bytes: usize::MAX, age: for_ever };
        let sides = [memory, 0].map(|memory| Side::new(retention, memory, now));
        let newest = EventId { milliseconds: 1, sequence: 0 };
        Self { coding, memory, retention, sides, now, newest, log: Vec::new(), replays: 0 }
    }

    fn each(&mut self, mut act: impl FnMut(&mut Side, Instant)) {
        for side in &mut self.sides {
            act(side, self.now);
            side.pump(self.now);
        }
    }

    fn update(&self, (topic, id, data): &(u8, EventId, Vec<u8>)) -> Arc<Update> {
        let topics = topics(*topic).try_into().unwrap();
        Arc::new(Update::new(
            *id,
            Publication { topics, event: None, data: data.clone() },
            self.now,
        ))
    }

    pub(super) fn publish(&mut self, topics: u8, data: &[u8]) {
        self.newest = self.newest.next(0);
        self.log.push((topics, self.newest, data.to_vec()));
        let updates = [0; 2].map(|_| self.update(&self.log[self.log.len() - 1]));
        let mut updates = updates.into_iter();
        self.each(|side, _| side.event_loop.deliver(&updates.next().unwrap()));
    }

    pub(super) fn join(&mut self, opening: &Opening, waits: bool) {
        let (newest, mut codings) = (self.newest, [Some(self.coding), None].into_iter());
        self.replays += u64::from(waits);
        let number = self.replays;
        self.each(|side, now| {
            let coding = codings.next().unwrap();
            let (client, end) = UnixStream::pair().unwrap();
            end.set_nonblocking(true).unwrap();
            set_socket_send_buffer_size(&end, 8192).unwrap();
            let mut subscriber = subscriber(opening, coding, &end, now);
            subscriber.position = newest;
            subscriber.known = KnownPosition::new(newest);
            let first = subscriber.heartbeat_text.heartbeat();
            subscriber.push_comment(first.line());
            if waits {
                let (sender, receiver) = replay_channel(number, &Waker::new(None));
                subscriber.await_replay(receiver);
                side.waiting.push((number, sender, opening.topics));
            }
            let token = side.add(subscriber);
            side.clients.push(Client::new(token, client, opening.framing, coding));
            side.ends.push(end);
        });
    }

    /// Gives the one that has waited for longest some of what came before, and has it go live.
    pub(super) fn replay(&mut self) {
        let Some((number, _, follows)) = self.sides[0].waiting.first() else { return };
        let (number, follows, newest) = (*number, *follows, self.newest);
        let missed = self.log.iter().filter(|(topics, ..)| topics & follows != 0).rev().take(5);
        let updates: Vec<_> = missed.map(|event| self.update(event)).collect();
        let updates: Vec<_> = updates.into_iter().rev().collect();
        self.each(|side, _| {
            side.waiting.remove(0);
            let (updates, page) = (updates.clone(), None);
            side.event_loop.replay(ReplayBatch { number, updates, live_after: Some(newest), page });
        });
    }

    fn remove(&mut self, index: usize) {
        for side in &mut self.sides {
            side.clients.remove(index);
            side.ends.remove(index);
        }
    }

    /// The place of one of those who are there.
    fn index(&self, of: usize) -> Option<usize> {
        let clients = &self.sides[0].clients;
        let open = (0..clients.len()).filter(|index| !clients[*index].has_ended);
        let open: Vec<_> = open.collect();
        (!open.is_empty()).then(|| open[of % open.len()])
    }

    pub(super) fn leave(&mut self, of: usize) {
        let Some(index) = self.index(of) else { return };
        self.each(|side, _| side.event_loop.close(side.clients[index].token));
        self.remove(index);
    }

    pub(super) fn stall(&mut self, of: usize) {
        let Some(index) = self.index(of).filter(|it| !self.sides[0].clients[*it].is_stalled) else {
            return;
        };
        self.each(|side, _| side.clients[index].fill(&side.ends[index]));
    }

    pub(super) fn release(&mut self, of: usize) {
        let Some(index) = self.index(of) else { return };
        self.each(|side, _| side.clients[index].is_stalled = false);
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now += Duration::from_secs(1);
            self.each(|side, now| side.event_loop.handle_timers(now, &mut Vec::new()));
        }
    }

    pub(super) fn reset(&mut self) {
        self.newest = self.newest.next(0);
        let updates = [0; 2].map(|_| Arc::new(Update::reset(self.newest, None, self.now)));
        let mut updates = updates.into_iter();
        self.each(|side, _| {
            side.event_loop.reset(&updates.next().unwrap());
            side.waiting.clear();
        });
    }

    /// Ends one for a younger one; if it reads nothing, nobody knows what it got.
    pub(super) fn drop(&mut self, of: usize) {
        const LEASE: u64 = 1;
        let Some(index) = self.index(of) else { return };
        let is_stalled = self.sides[0].clients[index].is_stalled;
        self.each(|side, _| {
            side.event_loop.by_lease.insert(LEASE, side.clients[index].token);
            side.event_loop.drop_oldest(LEASE);
        });
        if is_stalled {
            self.remove(index);
        }
    }

    /// Has other shards go on, as in another program; those that wait for a replay go live with it.
    pub(super) fn upgrade(&mut self) {
        while !self.sides[0].waiting.is_empty() {
            self.replay();
        }
        let (retention, mut memory) = (self.retention, [self.memory, 0].into_iter());
        self.each(|side, now| {
            let tokens = side.event_loop.registry.tokens();
            let drained = side.event_loop.drain();
            assert_eq!(side.encoders.used(), 0, "all memory of encoders comes back");
            side.encoders = EncoderMemory::new(memory.next().unwrap());
            side.event_loop = event_loop(retention, &side.encoders, now);
            let index = |token| side.clients.iter().position(|client| client.token == token);
            let indexes: Vec<_> = tokens.into_iter().map(|token| index(token).unwrap()).collect();
            side.clients.iter_mut().for_each(|client| client.token = Key::null());
            for (index, mut subscriber) in indexes.into_iter().zip(drained) {
                let numbers = subscriber.coded().map(|coded| coded.progress.numbers());
                subscriber.compression =
                    numbers.map(|numbers| Compression::new(Progress::from_numbers(numbers)));
                side.clients[index].token = side.add(subscriber);
            }
        });
    }

    /// All that read have the same.
    #[track_caller]
    pub(super) fn check(&self) {
        let [coded, plain] = &self.sides;
        for (coded, plain) in coded.clients.iter().zip(&plain.clients) {
            if !coded.is_stalled {
                assert!(!coded.is_damaged && self.is_same(coded, plain), "{coded:?}\n{plain:?}");
                assert_eq!(coded.has_ended, plain.has_ended);
            }
        }
    }

    fn is_same(&self, coded: &Client, plain: &Client) -> bool {
        if self.retention.updates.is_none() {
            return coded.decoded == plain.decoded;
        }
        told(&coded.decoded) == told(&plain.decoded)
    }

    /// Ends all, and checks that all were whole.
    #[track_caller]
    pub(super) fn end(&mut self) {
        for index in 0..self.sides[0].clients.len() {
            self.release(index);
        }
        self.each(|side, _| side.clients.iter_mut().for_each(|client| client.is_stalled = false));
        self.each(|side, _| side.event_loop.send_goodbye());
        self.check();
        for side in &mut self.sides {
            for client in &mut side.clients {
                client.read();
                assert!(client.has_ended, "{client:?}");
                client.check_end();
            }
            assert_eq!(side.encoders.used(), 0, "all memory of encoders comes back");
        }
    }

    /// Has the client that came last join the segment of its group, as nobody may.
    pub(super) fn smuggle_the_last_into_the_segment(&mut self) {
        let side = &mut self.sides[0];
        let token = side.clients.last().unwrap().token;
        let compression =
            side.event_loop.registry.get(token).unwrap().compression.as_mut().unwrap();
        let group = side.event_loop.groups.get(compression.group).unwrap();
        compression.join(group.segment().unwrap());
    }

    /// True if the client that came last has something else than it should have.
    pub(super) fn is_wrong(&self) -> bool {
        let [coded, plain] = self.sides.each_ref().map(|side| side.clients.last().unwrap());
        coded.is_damaged || coded.decoded != plain.decoded
    }

    /// The number of segments that were begun.
    pub(super) fn segments(&self) -> u64 {
        self.sides[0].event_loop.counters.segments.get()
    }

    /// True if the group of this compressed stream has an encoder.
    pub(super) fn has_encoder(&mut self, client: usize) -> bool {
        let Side { event_loop, clients, .. } = &mut self.sides[0];
        let subscriber = event_loop.registry.get(clients[client].token).unwrap();
        let group = subscriber.compression.as_ref().unwrap().group;
        event_loop.groups.get(group).unwrap().has_encoder()
    }

    /// What is queued for each compressed stream.
    pub(super) fn queues(&mut self) -> Vec<Vec<Bytes>> {
        let Side { event_loop, clients, .. } = &mut self.sides[0];
        let queue = |client: &Client| {
            let subscriber = event_loop.registry.get(client.token).unwrap();
            subscriber.queue.pieces(subscriber.output).cloned().collect()
        };
        clients.iter().map(queue).collect()
    }
}

/// What a client was told, without its positions and the lines that are there for their own sake.
fn told(stream: &[u8]) -> String {
    let text = String::from_utf8_lossy(stream);
    let blocks = text.split_inclusive("\n\n").map(|block| {
        let is_position = block.contains("event: sse:position\n");
        let lines = block.split_inclusive('\n').filter(|line| {
            let is_kept = !is_position || line.starts_with("retry: ");
            is_kept && !line.starts_with(':') && *line != "event\n"
        });
        lines.collect::<String>()
    });
    blocks.collect()
}
