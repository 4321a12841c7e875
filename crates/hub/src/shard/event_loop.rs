//! What a shard's thread does: it sends what waits, and looks after its streams' time and their ends.

use std::{
    collections::HashMap,
    io,
    os::fd::OwnedFd,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use crossbeam_channel::Receiver;
use event_stream::Heartbeat;
use hub_protocol::{Framing, HeartbeatText};
use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, EventData, EventFlags},
    },
    io::Errno,
    net::{RecvFlags, Shutdown, recv, shutdown},
};

use super::{
    command::Command,
    goodbye::end,
    positions::PositionTracker,
    registry::{Registry, Token},
    subscriber::{Flushed, Subscriber},
};
use crate::framing::{self, Output};
use crate::metrics::counters::Counters;
use crate::timers::Timers;
use crate::update::Bytes;

/// The token of the bell, which no stream has: it would be the four billionth.
const BELL: u64 = u64::MAX;

/// What is always awaited of a connection.
pub(super) const READABLE: EventFlags = EventFlags::IN.union(EventFlags::RDHUP);

/// A client is told its position in place of a heartbeat when half of the time is over until it has to be.
const SOON: u64 = 2;

/// How much is read of what a client sends, at a time: it is thrown away.
const UNREAD: usize = 16 * 1024;

pub(super) struct EventLoop {
    pub(super) epoll: OwnedFd,
    bell: Arc<OwnedFd>,
    pub(super) commands: Receiver<Command>,
    /// One for each mark that was not yet come to.
    pub(super) marks: Receiver<()>,
    /// How many bytes may be kept for slow clients alone.
    pub(super) queue_limit: usize,
    pub(super) course: PositionTracker,
    pub(super) counters: Arc<Counters>,
    pub(super) roll: Registry,
    /// The streams that wait for what they have missed, by the core's numbers.
    pub(super) catching_up: HashMap<u64, Token>,
    /// The streams that have a place under limits, by their leases.
    pub(super) leased: HashMap<u64, Token>,
    /// Streams, with when they are due: what a stream has changed since is out of date.
    wheel: Timers<(Token, Instant)>,
    /// The streams that have something new to send.
    pub(super) woken: Vec<Token>,
    /// When to end at the latest.
    pub(super) end: Option<Instant>,
}

impl EventLoop {
    pub(super) fn new(
        bell: Arc<OwnedFd>,
        (commands, marks): (Receiver<Command>, Receiver<()>),
        queue_limit: usize,
        course: PositionTracker,
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &bell, EventData::new_u64(BELL), EventFlags::IN)?;
        Ok(Self {
            epoll,
            bell,
            commands,
            marks,
            queue_limit,
            course,
            counters,
            roll: Registry::default(),
            catching_up: HashMap::new(),
            leased: HashMap::new(),
            wheel: Timers::new(Instant::now()),
            woken: Vec::new(),
            end: None,
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
                    BELL => self.quieten(),
                    bits => self.ready(Token::from_bits(bits), flags),
                }
            }
            self.obey();
            let now = Instant::now();
            self.wheel.turn(now, &mut due);
            for (token, due) in due.drain(..) {
                self.look_after(token, due, now);
            }
            self.flush_woken(now);
            if self.end.is_some_and(|end| now >= end || self.roll.len() == 0) {
                return;
            }
        }
    }

    /// What has rung the bell is looked at in any case.
    fn quieten(&self) {
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
    }

    fn wait(&self, events: &mut Vec<epoll::Event>) {
        let now = Instant::now();
        let end = self.end.map(|end| end.saturating_duration_since(now));
        // The bell does not ring again for what is left.
        let left = (!self.commands.is_empty()).then_some(Duration::ZERO);
        let timeout = [self.wheel.idle(now), end, left].into_iter().flatten().min();
        // Rounded up: to wake too early would be to wake twice.
        let rounded =
            |timeout: Duration| timeout + Duration::from_millis(u64::from(!timeout.is_zero()));
        let timeout = timeout.map(rounded);
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        // It fails only when a signal comes in between.
        let _ = epoll::wait(&self.epoll, spare_capacity(events), timeout.as_ref());
    }

    pub(super) fn flush_woken(&mut self, now: Instant) {
        let mut woken = std::mem::take(&mut self.woken);
        for token in woken.drain(..) {
            self.flush(token, now);
        }
        self.woken = woken;
    }

    /// Sends what waits; closes the stream if its client is gone, or if that was the end.
    pub(super) fn flush(&mut self, token: Token, now: Instant) {
        let Some(stream) = self.roll.get(token) else { return };
        let mut sent = 0;
        let flushed = stream.flush(now, &mut sent);
        self.counters.sent_bytes.add(sent);
        if let (Flushed::All, Some(catch_up)) = (&flushed, &stream.replay_receiver) {
            catch_up.note_taken();
        }
        match flushed {
            Flushed::All if stream.is_ending => self.close(token),
            Flushed::All | Flushed::Part => {
                let awaits_writable = flushed == Flushed::Part;
                if stream.awaits_writable != awaits_writable {
                    stream.awaits_writable = awaits_writable;
                    let flags = if awaits_writable { READABLE | EventFlags::OUT } else { READABLE };
                    let data = EventData::new_u64(token.to_bits());
                    let _ = epoll::modify(&self.epoll, &stream.socket, data, flags);
                }
                self.schedule(token);
            }
            Flushed::Gone => {
                self.counters.gone.add(1);
                self.close(token);
            }
        }
    }

    /// Sees to it that the stream comes up when something has to be done.
    fn schedule(&mut self, token: Token) {
        let Self { roll, wheel, .. } = self;
        let Some(stream) = roll.get(token) else { return };
        let Some(due) = stream.next_due() else { return };
        // Later than what is set already: it will be looked at then, and set anew.
        if stream.timer.is_none_or(|set| due < set) {
            stream.timer = Some(due);
            wheel.set(due, (token, due));
        }
    }

    fn look_after(&mut self, token: Token, due: Instant, now: Instant) {
        let Some(stream) = self.roll.get(token).filter(|stream| stream.timer == Some(due)) else {
            return;
        };
        stream.timer = None;
        if stream.is_stalled(now) {
            self.counters.dropped_stalled.add(1);
            self.close(token);
            return;
        }
        if stream.is_over(now) {
            end(stream, &mut self.course);
            self.flush(token, now);
        } else if stream.wants_heartbeat(now) {
            self.break_silence(token);
            self.flush(token, now);
        } else {
            self.schedule(token);
        }
    }

    /// Queues a heartbeat: the client's position, if it is to be told that anyway before long.
    fn break_silence(&mut self, token: Token) {
        let Some(stream) = self.roll.get(token) else { return };
        let Output::Http(framing) = stream.output else { return };
        self.counters.heartbeats.add(1);
        if !self.course.has_moved_on(&stream.known, SOON) || !stream.tell_position(&mut self.course)
        {
            stream.queue.push_comment(heartbeat(framing, &stream.heartbeat_text));
        }
    }

    /// Something has happened to the connection.
    fn ready(&mut self, token: Token, flags: EventFlags) {
        let Some(stream) = self.roll.get(token) else { return };
        let gone = flags.intersects(EventFlags::HUP | EventFlags::ERR | EventFlags::RDHUP);
        if gone || flags.contains(EventFlags::IN) && !throw_away_input(stream) {
            self.counters.gone.add(1);
            self.close(token);
        } else if flags.contains(EventFlags::OUT) {
            self.flush(token, Instant::now());
        }
    }

    /// Closes a connection for whoever else may hold it, too: a child that a script has left behind.
    pub(super) fn close(&mut self, token: Token) {
        if let Some(stream) = self.take_out(token) {
            let _ = shutdown(&stream.socket, Shutdown::Both);
        }
    }

    pub(super) fn take_out(&mut self, token: Token) -> Option<Box<Subscriber>> {
        let stream = self.roll.remove(token)?;
        if let Some(catch_up) = &stream.replay_receiver {
            self.catching_up.remove(&catch_up.number);
        }
        if let Some(lease) = &stream.lease {
            self.leased.remove(&lease.number());
        }
        // Before it is closed: a child of the script may hold the connection, and it would still report.
        let _ = epoll::delete(&self.epoll, &stream.socket);
        match stream.output {
            Output::Http(_) => self.counters.streams.one_less(),
            Output::Worker => self.counters.workers.one_less(),
        }
        Some(stream)
    }
}

/// Reads what nobody waits for (the rest of a request's body); false at its end: the client is gone.
fn throw_away_input(stream: &Subscriber) -> bool {
    let mut unread = [0; UNREAD];
    match recv(&stream.socket, &mut unread, RecvFlags::DONTWAIT) {
        Ok((_, length)) => length > 0,
        Err(error) => matches!(error, Errno::AGAIN | Errno::INTR),
    }
}

/// A heartbeat; the bytes of the usual ones are made once.
fn heartbeat(framing: Framing, text: &HeartbeatText) -> Bytes {
    static USUAL: LazyLock<[Bytes; 3]> = LazyLock::new(|| {
        [Framing::FastCgi { request_id: 1, is_kept: false }, Framing::Raw, Framing::Chunked]
            .map(|framing| framing::wrap(framing, Heartbeat::default().line()).into())
    });
    let shared = Output::Http(framing).shared().filter(|_| text.is_empty());
    let usual = shared.and_then(|index| USUAL.get(index));
    usual.map_or_else(|| framing::wrap(framing, text.heartbeat().line()).into(), Arc::clone)
}
