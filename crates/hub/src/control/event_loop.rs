//! The event loop of the hub's first thread: connections, signals, Redis, idle exit.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};

use super::requests::After;
use super::state::{Control, LISTENER, LOG_UPDATES, REMOVED, SIGNALS};
use crate::metrics::exposition;
use crate::metrics::prometheus::Scrapes;
use crate::process::journal::{self, note};
use crate::process::{log_file, systemd};
use crate::socket::connection::{Connection, Ended};
use crate::socket::listener::AcceptError;

/// The interval of periodic work: expiry, metrics, log file, location, idle exit.
const PAUSE: Duration = Duration::from_secs(1);

/// The most connections that are accepted at once, before the accepted ones have their turn.
const AT_ONCE: usize = 256;

/// The time for which no further failed connection is logged after one was.
const QUIET: Duration = Duration::from_secs(1);

impl Control {
    /// Serves until the hub is asked to end, or has been idle for long enough.
    pub(crate) fn run(mut self) {
        let mut events = Vec::with_capacity(256);
        let mut looked = Instant::now();
        self.update_metrics();
        while !self.stopping {
            let pause = self.longest_wait(Instant::now()).map_or(PAUSE, |wait| wait.min(PAUSE));
            let pause = Timespec::try_from(pause).ok();
            // It fails only when a signal interrupts it.
            let _ = epoll::wait(&self.epoll, spare_capacity(&mut events), pause.as_ref());
            for event in events.drain(..) {
                let (data, flags) = (event.data, event.flags);
                match data.u64() {
                    LISTENER => self.accept_connections(),
                    SIGNALS => self.handle_signals(),
                    LOG_UPDATES => self.process_log_updates(),
                    REMOVED => {
                        self.watch.drain();
                        self.keep_location(Instant::now());
                    }
                    token => self.ready(token, flags),
                }
            }
            let now = Instant::now();
            for token in self.end_waits(now) {
                self.resume(token);
            }
            if now.saturating_duration_since(looked) >= PAUSE {
                looked = now;
                self.do_periodic_work(now);
            }
        }
        systemd::stopping();
        self.listener.remove();
        self.core.end();
        note!("stopped");
    }

    /// Does the work that is due once a second.
    fn do_periodic_work(&mut self, now: Instant) {
        self.core.backlog.expire(now);
        self.update_metrics();
        self.listen(true);
        self.look_after_log();
        self.keep_location(now);
        self.yield_to_the_first();
        journal::catch_up();
        self.end_if_idle(now);
    }

    /// Updates the metrics that Prometheus is served; opens their port as soon as it is free.
    fn update_metrics(&mut self) {
        let Some(address) = self.config.metrics else { return };
        let text = exposition::text(&self.report());
        match &self.scrapes {
            Some(scrapes) => scrapes.set(text),
            None => match Scrapes::open(address, text) {
                Ok(scrapes) => self.scrapes = Some(scrapes),
                Err(error) => {
                    if let Some(last) = self.metrics_remarks.next(Instant::now()) {
                        note!("cannot serve metrics on {address}: {error}{last}");
                    }
                }
            },
        }
    }

    fn handle_signals(&mut self) {
        match self.signals.take() {
            // On a terminal, SIGHUP means that the terminal was closed.
            Some(Signal::SIGHUP) if !io::stderr().is_terminal() => self.reopen_log(),
            Some(signal) => {
                note!("{signal} received, shutting down");
                self.stopping = true;
            }
            None => {}
        }
    }

    /// Opens the log file again, as it was moved away. A stderr that is no file of ours is left alone.
    fn reopen_log(&self) {
        systemd::reloading();
        if self.config.spawned
            && let Err(error) = log_file::reopen(&log_file::beside(&self.config.socket))
        {
            note!("cannot reopen the log file: {error}");
        }
        systemd::ready();
    }

    fn look_after_log(&self) {
        if self.config.spawned {
            log_file::look_after(&log_file::beside(&self.config.socket));
        }
    }

    fn end_if_idle(&mut self, now: Instant) {
        if self.core.held() > 0 || self.core.waiting() > 0 || self.core.leases.len() > 0 {
            self.active = now;
        }
        let idle = now.saturating_duration_since(self.active);
        if self.config.idle_exit.is_some_and(|limit| idle >= limit) {
            note!("idle for {} s, exiting", idle.as_secs());
            self.stopping = true;
        }
    }

    /// Accepts the connections that wait; epoll reports those beyond [`AT_ONCE`] again.
    pub(super) fn accept_connections(&mut self) {
        for _ in 0..AT_ONCE {
            match self.listener.accept() {
                Ok(Some(socket)) => self.add(Connection::new(socket, &self.greeting)),
                Ok(None) => return,
                Err(why) => {
                    self.log_failure("refused", &why.to_string());
                    if let AcceptError::Failed(_) = why {
                        // epoll would report those that wait again and again.
                        self.listen(false);
                        return;
                    }
                }
            }
        }
    }

    /// Has epoll report new connections, or not.
    fn listen(&mut self, listens: bool) {
        if listens != self.listens {
            let flags = if listens { EventFlags::IN } else { EventFlags::empty() };
            let data = EventData::new_u64(LISTENER);
            let _ = epoll::modify(&self.epoll, self.listener.socket(), data, flags);
            self.listens = listens;
        }
    }

    pub(super) fn add(&mut self, connection: Connection) {
        let token = self.next;
        self.next += 1;
        let data = EventData::new_u64(token);
        if epoll::add(&self.epoll, &connection.socket, data, EventFlags::IN).is_ok() {
            self.connections.insert(token, connection);
            self.flush(token);
        }
    }

    /// Counts a failure, and logs it, but not each of thousands.
    pub(super) fn log_failure(&mut self, what: &str, why: &str) {
        self.core.counters.refused.add(1);
        let now = Instant::now();
        if self.quiet_until.is_none_or(|until| now >= until) {
            self.quiet_until = Some(now + QUIET);
            note!("{what}: {why} ({} so far)", self.core.counters.refused.get());
        }
    }

    fn ready(&mut self, token: u64, flags: EventFlags) {
        let Some(mut connection) = self.connections.remove(&token) else { return };
        let readable = flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR);
        let filled = if readable { connection.fill(&mut self.buffer) } else { Ok(()) };
        self.go_on(token, connection, filled);
    }

    /// Answers the requests on a connection, and handles the outcome.
    pub(super) fn go_on(
        &mut self,
        token: u64,
        mut connection: Connection,
        filled: Result<(), Ended>,
    ) {
        match filled.and_then(|()| self.serve(token, &mut connection)) {
            Ok(After::Stays) => {
                self.connections.insert(token, connection);
                self.flush(token);
            }
            Ok(After::Listens(subscription)) => self.make_subscriber(connection, subscription),
            Ok(After::Upgrades) => self.upgrade(connection),
            Err(ended) => self.end(connection, ended),
        }
    }

    /// Processes updates from Redis.
    pub(super) fn process_log_updates(&mut self) {
        for token in self.take_answers() {
            self.resume(token);
        }
    }

    fn end(&mut self, mut connection: Connection, ended: Ended) {
        let _ = epoll::delete(&self.epoll, &connection.socket);
        if let Ended::Garbage(why) = ended {
            // At least the hello: a peer of another version has to see it.
            drop(connection.flush());
            self.log_failure("refused", &why);
        }
    }

    pub(super) fn flush(&mut self, token: u64) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        match connection.flush() {
            Ok(all) => {
                let mut flags = EventFlags::empty();
                flags.set(EventFlags::OUT, !all);
                flags.set(EventFlags::IN, connection.is_heard());
                let data = EventData::new_u64(token);
                let _ = epoll::modify(&self.epoll, &connection.socket, data, flags);
            }
            Err(ended) => {
                if let Some(connection) = self.connections.remove(&token) {
                    self.end(connection, ended);
                }
            }
        }
    }
}
