//! The clients of one thread, their timers and their counts.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use hdrhistogram::Histogram;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::fd::OwnedFd;

use crate::client::{Client, End, Progress};
use crate::decoding::Decoding;
use crate::plan::{Conduct, Plan};
use crate::published::Published;
use crate::tally::{Counts, Report};

/// The number of bytes that are read from one connection at a time.
const BUFFER: usize = 64 * 1024;

/// A timer of a client, valid while its connection is still the same.
type Timer = Reverse<(Instant, usize, u32)>;

/// Some clients of a plan.
#[derive(Debug)]
pub(crate) struct Group {
    plan: Plan,
    epoll: Arc<OwnedFd>,
    /// The published events, by topic.
    published: Arc<[Arc<Published>]>,
    clients: Vec<Client>,
    /// Clients that wait to connect.
    waiting: VecDeque<usize>,
    connecting: usize,
    timers: BinaryHeap<Timer>,
    random: Rng,
    /// True if no client leaves any more.
    settled: bool,
    report: Report,
    buffer: Box<[u8]>,
    decoding: Decoding,
}

impl Group {
    pub(crate) fn new(
        plan: Plan,
        epoll: Arc<OwnedFd>,
        published: Arc<[Arc<Published>]>,
        latency: Histogram<u32>,
    ) -> Self {
        Self {
            epoll,
            clients: (0..plan.clients).map(|it| Client::new(it % published.len())).collect(),
            published,
            waiting: (0..plan.clients).collect(),
            connecting: 0,
            timers: BinaryHeap::new(),
            random: Rng::with_seed(plan.seed),
            settled: false,
            report: Report { counts: Counts::default(), latency },
            buffer: vec![0; BUFFER].into(),
            decoding: Decoding::default(),
            plan,
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.report.counts
    }

    pub(crate) fn report(&self) -> Report {
        self.report.clone()
    }

    /// Forgets the latencies so far.
    pub(crate) fn forget_latencies(&mut self) {
        self.report.latency.reset();
    }

    /// In microseconds.
    pub(crate) fn longest_latency(&self) -> u64 {
        self.report.latency.max()
    }

    /// The number of clients that have all that has been published.
    pub(crate) fn complete(&self) -> usize {
        let has_all = |client: &&Client| client.is_open() && self.behind_of(client) == 0;
        self.clients.iter().filter(has_all).count()
    }

    /// The number of events that are still to come, over all clients.
    pub(crate) fn behind(&self) -> u64 {
        self.clients.iter().map(|client| self.behind_of(client)).sum()
    }

    fn behind_of(&self, client: &Client) -> u64 {
        client.behind(&self.published[client.topic()])
    }

    /// Makes all clients stay from now on.
    pub(crate) fn settle(&mut self) {
        self.settled = true;
    }

    /// The time of the next timer.
    pub(crate) fn next_timer(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((time, ..))| *time)
    }

    /// Connects as many waiting clients as the plan allows at once.
    pub(crate) fn connect(&mut self, time: Instant) {
        while self.connecting < self.plan.connecting
            && let Some(number) = self.waiting.pop_front()
        {
            self.report.counts.connects += 1;
            let flags = EventFlags::IN | EventFlags::OUT;
            let data = EventData::new_u64(number as u64);
            let begun = self.clients[number]
                .connect(&self.plan, number)
                .and_then(|socket| epoll::add(&self.epoll, socket, data, flags));
            self.connecting += 1;
            match (begun, self.plan.conduct) {
                (Err(_), _) => self.over(number, End::Failed, time),
                (Ok(()), Conduct::Restless(stay)) if !self.settled => {
                    self.set_timer(number, time, stay);
                }
                (Ok(()), _) => {}
            }
        }
    }

    /// Handles a client whose connection is ready.
    pub(crate) fn ready(&mut self, number: usize, flags: EventFlags, time: Instant) {
        let client = &mut self.clients[number];
        let Some(socket) = client.socket() else { return };
        if flags.contains(EventFlags::OUT) && !client.is_open() {
            let data = EventData::new_u64(number as u64);
            let modified = epoll::modify(&self.epoll, socket, data, EventFlags::IN);
            if modified.is_err() || client.ask(&self.plan) != Progress::Same {
                return self.over(number, End::Failed, time);
            }
        }
        if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
            self.read(number, time);
        }
    }

    fn read(&mut self, number: usize, time: Instant) {
        let client = &mut self.clients[number];
        let published = &self.published[client.topic()];
        match client.read(&mut self.buffer, published, &mut self.decoding, &mut self.report) {
            Progress::Same => {}
            Progress::Opened => self.opened(number),
            Progress::Over(end) => self.over(number, end, time),
        }
    }

    fn opened(&mut self, number: usize) {
        self.connecting -= 1;
        self.report.counts.open += 1;
        if self.plan.conduct == Conduct::Stalled
            && let Some(socket) = self.clients[number].socket()
        {
            let data = EventData::new_u64(number as u64);
            // If it fails, the client reads: a fault of the machine, not of the server.
            let _ = epoll::modify(&self.epoll, socket, data, EventFlags::empty());
        }
    }

    /// Handles a connection that the server, or the network, has ended.
    fn over(&mut self, number: usize, end: End, time: Instant) {
        match end {
            End::Stream => self.report.counts.ended += 1,
            End::Refused => self.report.counts.refused += 1,
            End::Failed => self.report.counts.failed += 1,
        }
        self.close(number, false, time);
    }

    fn close(&mut self, number: usize, hard: bool, time: Instant) {
        let client = &mut self.clients[number];
        if client.is_open() {
            self.report.counts.open -= 1;
        } else {
            self.connecting -= 1;
        }
        let pause = match client.close(&self.plan, hard) {
            Some(retry) => Duration::from_millis(retry),
            None => self.plan.pause,
        };
        self.set_timer(number, time, pause);
    }

    /// Sets a timer to a random time within `at_most`.
    fn set_timer(&mut self, number: usize, time: Instant, at_most: Duration) {
        let after = at_most.mul_f64(self.random.f64());
        self.timers.push(Reverse((time + after, number, self.clients[number].turn)));
    }

    /// Runs the timers that are due.
    pub(crate) fn run_timers(&mut self, time: Instant) {
        while let Some(Reverse((due, number, turn))) = self.timers.peek().copied()
            && due <= time
        {
            self.timers.pop();
            let client = &self.clients[number];
            if client.turn != turn {
                continue;
            }
            if client.socket().is_none() {
                self.waiting.push_back(number);
            } else if !self.settled {
                self.abort(number, time);
            }
        }
    }

    fn abort(&mut self, number: usize, time: Instant) {
        self.report.counts.aborted += 1;
        let hard = self.random.bool();
        self.close(number, hard, time);
    }
}
