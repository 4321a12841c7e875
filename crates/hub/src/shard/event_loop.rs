//! The event loop of a shard's thread: sends what is queued, runs timers, ends streams.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, Shutdown, recv, shutdown};
use slotmap::{Key, KeyData};

use super::command::Command;
use super::goodbye::end;
use super::groups::Groups;
use super::positions::PositionTracker;
use super::registry::{Registry, Token};
use super::subscriber::{Flushed, Subscriber};
use crate::metrics::counters::Counters;
use crate::output::Output;
use crate::timers::Timers;

/// The token of the waker. No subscriber has it: it would be the four billionth.
const WAKER: u64 = u64::MAX;

/// The events that epoll always reports of a subscriber's socket.
const READABLE: EventFlags = EventFlags::IN.union(EventFlags::RDHUP);

/// The number of bytes that are read at a time from a client; they are discarded.
const UNREAD: usize = 16 * 1024;

/// The state of a shard's thread.
pub(super) struct EventLoop {
    epoll: OwnedFd,
    waker: Arc<OwnedFd>,
    pub(super) commands: Receiver<Command>,
    /// One for each mark that was not reached yet.
    pub(super) marks: Receiver<()>,
    /// The number of bytes that may be kept for slow clients alone.
    pub(super) queue_limit: usize,
    pub(super) positions: PositionTracker,
    pub(super) counters: Arc<Counters>,
    pub(super) registry: Registry,
    /// The groups of subscribers that are sent the same in the same content coding.
    pub(super) groups: Groups,
    /// The subscribers that wait for a replay, by its number.
    pub(super) by_replay: HashMap<u64, Token>,
    /// The subscribers that have a lease, by its number.
    pub(super) by_lease: HashMap<u64, Token>,
    /// Subscribers, with the time when they are due; an entry whose time the subscriber has changed since is stale.
    timers: Timers<(Token, Instant)>,
    /// The subscribers that have something new to send.
    pub(super) to_flush: Vec<Token>,
    /// The time at which to end at the latest.
    pub(super) deadline: Option<Instant>,
}

impl EventLoop {
    pub(super) fn new(
        waker: Arc<OwnedFd>,
        (commands, marks): (Receiver<Command>, Receiver<()>),
        queue_limit: usize,
        positions: PositionTracker,
        groups: Groups,
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &waker, EventData::new_u64(WAKER), EventFlags::IN)?;
        Ok(Self {
            epoll,
            waker,
            commands,
            marks,
            queue_limit,
            positions,
            counters,
            registry: Registry::default(),
            groups,
            by_replay: HashMap::new(),
            by_lease: HashMap::new(),
            timers: Timers::new(Instant::now()),
            to_flush: Vec::new(),
            deadline: None,
        })
    }

    pub(super) fn run(mut self) {
        let mut events = Vec::with_capacity(1024);
        let mut due = Vec::new();
        loop {
            self.wait(&mut events);
            for event in events.drain(..) {
                let (data, flags) = (event.data, event.flags);
                match data.u64() {
                    WAKER => self.drain_waker(),
                    bits => self.handle_io(Token::from(KeyData::from_ffi(bits)), flags),
                }
            }
            self.execute_commands();
            let now = Instant::now();
            self.handle_timers(now, &mut due);
            self.flush_all(now);
            if self.deadline.is_some_and(|deadline| now >= deadline || self.registry.is_empty()) {
                return;
            }
        }
    }

    /// Does what is due; `due` is room for that.
    pub(super) fn handle_timers(&mut self, now: Instant, due: &mut Vec<(Token, Instant)>) {
        self.timers.expire(now, due);
        for (token, due) in due.drain(..) {
            self.handle_timer(token, due, now);
        }
    }

    /// Rearms the waker. The caller executes commands in any case.
    fn drain_waker(&self) {
        let _ = rustix::io::read(&self.waker, &mut [0; 8]);
    }

    fn wait(&self, events: &mut Vec<epoll::Event>) {
        let now = Instant::now();
        let end = self.deadline.map(|deadline| deadline.saturating_duration_since(now));
        // The waker does not wake the thread again for commands that are left.
        let left = (!self.commands.is_empty()).then_some(Duration::ZERO);
        let timeout = [self.timers.idle(now), end, left].into_iter().flatten().min();
        // Rounded up: waking too early would mean to wake twice.
        let rounded =
            |timeout: Duration| timeout + Duration::from_millis(u64::from(!timeout.is_zero()));
        let timeout = timeout.map(rounded);
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        // It fails only when a signal interrupts it.
        let _ = epoll::wait(&self.epoll, spare_capacity(events), timeout.as_ref());
    }

    /// Sends what is queued for the subscribers that have something new.
    pub(super) fn flush_all(&mut self, now: Instant) {
        let mut tokens = std::mem::take(&mut self.to_flush);
        for token in tokens.drain(..) {
            self.flush(token, now);
        }
        self.to_flush = tokens;
    }

    /// Sends what is queued; closes the subscriber if its client is gone, or if that was the end.
    pub(super) fn flush(&mut self, token: Token, now: Instant) {
        let Some(subscriber) = self.registry.get(token) else { return };
        let mut sent = 0;
        let flushed = subscriber.flush(now, &mut sent);
        self.counters.sent_bytes.add(sent);
        if let Some(compression) = &mut subscriber.compression {
            self.counters.plain_bytes.add(compression.take_plain());
            self.counters.compressed_bytes.add(sent);
        }
        if let (Flushed::All, Some(replay)) = (&flushed, &subscriber.replay_receiver) {
            replay.note_taken();
        }
        match flushed {
            Flushed::All if subscriber.is_ending => self.close(token),
            Flushed::All | Flushed::Part => {
                let awaits_writable = flushed == Flushed::Part;
                if subscriber.awaits_writable != awaits_writable {
                    subscriber.awaits_writable = awaits_writable;
                    let flags = if awaits_writable { READABLE | EventFlags::OUT } else { READABLE };
                    let _ = epoll::modify(&self.epoll, &subscriber.socket, data(token), flags);
                }
                self.schedule(token);
            }
            Flushed::Gone => {
                self.counters.gone.add(1);
                self.close(token);
            }
        }
    }

    /// Sets the subscriber's timer to the time when something has to be done.
    fn schedule(&mut self, token: Token) {
        let Self { registry, timers, .. } = self;
        let Some(subscriber) = registry.get(token) else { return };
        let Some(due) = subscriber.next_due() else { return };
        // If the timer is set to an earlier time, it is set again when that comes.
        if subscriber.timer.is_none_or(|set| due < set) {
            subscriber.timer = Some(due);
            timers.set(due, (token, due));
        }
    }

    /// Does what a subscriber's timer was set for, unless it was set anew since.
    fn handle_timer(&mut self, token: Token, due: Instant, now: Instant) {
        let current = |subscriber: &&mut Subscriber| subscriber.timer == Some(due);
        let Some(subscriber) = self.registry.get(token).filter(current) else { return };
        subscriber.timer = None;
        if subscriber.is_stalled(now) {
            self.counters.dropped_stalled.add(1);
            self.close(token);
            return;
        }
        if subscriber.is_over(now) {
            end(subscriber, &mut self.positions);
            self.flush(token, now);
        } else if subscriber.wants_heartbeat(now) {
            self.queue_heartbeat(token);
            self.flush(token, now);
        } else {
            self.schedule(token);
        }
    }

    /// Handles what epoll reports of a subscriber's socket.
    fn handle_io(&mut self, token: Token, flags: EventFlags) {
        let Some(subscriber) = self.registry.get(token) else { return };
        let gone = flags.intersects(EventFlags::HUP | EventFlags::ERR | EventFlags::RDHUP);
        if gone || flags.contains(EventFlags::IN) && !discard_input(subscriber) {
            self.counters.gone.add(1);
            self.close(token);
        } else if flags.contains(EventFlags::OUT) {
            self.flush(token, Instant::now());
        }
    }

    /// Has epoll report events of a subscriber's socket; false if it cannot.
    pub(super) fn watch(&mut self, token: Token) -> bool {
        let Some(subscriber) = self.registry.get(token) else { return false };
        epoll::add(&self.epoll, &subscriber.socket, data(token), READABLE).is_ok()
    }

    /// Shuts a connection down for every process that may hold it, such as a child that a script has left behind.
    pub(super) fn close(&mut self, token: Token) {
        if let Some(subscriber) = self.remove(token) {
            let _ = shutdown(&subscriber.socket, Shutdown::Both);
        }
    }

    /// Removes a subscriber, and leaves its connection open.
    pub(super) fn remove(&mut self, token: Token) -> Option<Box<Subscriber>> {
        let subscriber = self.registry.remove(token)?;
        if let Some(replay) = &subscriber.replay_receiver {
            self.by_replay.remove(&replay.number);
        }
        if let Some(lease) = &subscriber.lease {
            self.by_lease.remove(&lease.number());
        }
        // Before it is closed: if a child of the script holds the connection, epoll would still report it.
        let _ = epoll::delete(&self.epoll, &subscriber.socket);
        // What it has taken is free once it is counted no more.
        self.groups.remove(&subscriber, |token| self.registry.contains(token));
        match subscriber.output {
            Output::Http { .. } => self.counters.streams.one_less(),
            Output::Worker => self.counters.workers.one_less(),
        }
        if let Some(coding) = subscriber.output.coding() {
            self.counters.compressed[coding.index()].one_less();
        }
        Some(subscriber)
    }
}

/// The epoll data that carries the token of a subscriber.
fn data(token: Token) -> EventData {
    EventData::new_u64(token.data().as_ffi())
}

/// Reads and discards what a client sends (the rest of a request's body); false if the client is gone.
fn discard_input(subscriber: &Subscriber) -> bool {
    let mut unread = [0; UNREAD];
    match recv(&subscriber.socket, &mut unread, RecvFlags::DONTWAIT) {
        Ok((_, length)) => length > 0,
        Err(error) => matches!(error, Errno::AGAIN | Errno::INTR),
    }
}
