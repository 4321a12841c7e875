//! The loop of the hub's first thread: connections come, ask, and are answered.

use std::{
    collections::HashMap,
    io::{self, Read},
    os::{fd::OwnedFd, unix::net::UnixStream},
    time::{Duration, Instant},
};

use hub_protocol::{Publication, Refusal, Reply, Request, Response, Subscription};
use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, EventData, EventFlags},
    },
    net::{SocketType, sockopt},
};

use super::{
    connection::{Accepted, Connection, Ended},
    listener::Listener,
    scrapes::Scrapes,
};
use crate::{
    config::Config,
    core::{Core, Joining},
    framing::Output,
    journal::note,
    metrics,
    notify::notify,
    status, upgrade,
};

const LISTENER: u64 = 0;
const SIGNALS: u64 = 1;
const NEWS: u64 = 2;
const SCRAPES: u64 = 3;
const FIRST_CONNECTION: u64 = 4;

/// How often what has become too old is let go of, and idleness is looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a journal says nothing about bad connections after it has said something.
const QUIET: Duration = Duration::from_secs(1);

/// The control socket and all who are connected to it.
pub(crate) struct Control {
    config: Config,
    core: Core,
    listener: Listener,
    /// Where Prometheus asks.
    scrapes: Option<Scrapes>,
    /// A byte comes here when the process is asked to end.
    signals: UnixStream,
    epoll: OwnedFd,
    connections: HashMap<u64, Connection>,
    next: u64,
    buffer: Vec<u8>,
    started: Instant,
    /// When somebody has last asked for something.
    active: Instant,
    stopping: bool,
    /// Whether another hub goes on with everything.
    succeeded: bool,
    quiet_until: Option<Instant>,
}

/// What becomes of a connection after a request.
enum After {
    Stays,
    /// It belongs to a shard now.
    Listens(Subscription),
    /// It has asked for another hub to go on.
    Upgrades,
}

impl Control {
    pub(crate) fn new(
        config: Config,
        core: Core,
        listener: Listener,
        signals: UnixStream,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let add = |fd: &dyn std::os::fd::AsFd, token| {
            epoll::add(&epoll, fd.as_fd(), EventData::new_u64(token), EventFlags::IN)
        };
        add(listener.socket(), LISTENER)?;
        add(&signals, SIGNALS)?;
        if let Some(shared) = core.log.shared() {
            add(shared.bell(), NEWS)?;
        }
        let now = Instant::now();
        Ok(Self {
            config,
            core,
            listener,
            scrapes: None,
            signals,
            epoll,
            connections: HashMap::new(),
            next: FIRST_CONNECTION,
            buffer: Vec::new(),
            started: now,
            active: now,
            stopping: false,
            succeeded: false,
            quiet_until: None,
        })
    }

    /// Serves until somebody asks the hub to end, or nobody asks it for anything any more.
    pub(crate) fn run(mut self) {
        let mut events = Vec::with_capacity(256);
        let mut looked = Instant::now();
        self.open_scrapes();
        while !self.stopping {
            let pause = Timespec::try_from(PAUSE).ok();
            // It fails only when a signal comes in between.
            let _ = epoll::wait(&self.epoll, spare_capacity(&mut events), pause.as_ref());
            for event in events.drain(..) {
                let (data, flags) = (event.data, event.flags);
                match data.u64() {
                    _ if self.succeeded => {}
                    LISTENER => self.let_in(),
                    SIGNALS => self.asked_to_end(),
                    NEWS => self.hear(),
                    SCRAPES => self.answer_scrape(),
                    token => self.ready(token, flags),
                }
            }
            let now = Instant::now();
            if now.saturating_duration_since(looked) >= PAUSE {
                looked = now;
                self.core.backlog.expire(now);
                self.open_scrapes();
                self.end_if_idle(now);
            }
        }
        if !self.succeeded {
            self.listener.remove();
        }
        self.core.end();
        note!("ended");
    }

    /// Listens for Prometheus, as soon as the port is free: a hub before this one may still be there.
    fn open_scrapes(&mut self) {
        let Some(address) = self.config.metrics.filter(|_| self.scrapes.is_none()) else { return };
        let bound = Scrapes::bind(address).and_then(|scrapes| {
            let data = EventData::new_u64(SCRAPES);
            epoll::add(&self.epoll, scrapes.socket(), data, EventFlags::IN)?;
            Ok(scrapes)
        });
        match bound {
            Ok(scrapes) => self.scrapes = Some(scrapes),
            Err(error) => self.complain(&format!("metrics at {address}: {error}")),
        }
    }

    fn answer_scrape(&self) {
        if let Some(scrapes) = &self.scrapes {
            scrapes.answer(|| metrics::text(&self.report()));
        }
    }

    fn asked_to_end(&mut self) {
        drop(self.signals.read(&mut [0; 16]));
        note!("asked to end by a signal");
        self.stopping = true;
    }

    fn end_if_idle(&mut self, now: Instant) {
        if self.core.held() > 0 || self.core.leases.len() > 0 {
            self.active = now;
        }
        let idle = now.saturating_duration_since(self.active);
        if self.config.idle_exit.is_some_and(|limit| idle >= limit) {
            note!("nobody has asked for anything for {} s", idle.as_secs());
            self.stopping = true;
        }
    }

    fn let_in(&mut self) {
        loop {
            match self.listener.accept() {
                Ok(Some(socket)) => self.add(Connection::new(socket)),
                Ok(None) => return,
                Err(why) => {
                    self.complain(&why);
                    return;
                }
            }
        }
    }

    fn add(&mut self, connection: Connection) {
        let token = self.next;
        self.next += 1;
        let data = EventData::new_u64(token);
        if epoll::add(&self.epoll, &connection.socket, data, EventFlags::IN).is_ok() {
            self.connections.insert(token, connection);
            self.flush(token);
        }
    }

    /// Says what is wrong, but not for every one of thousands.
    fn complain(&mut self, why: &str) {
        self.core.counters.refused.add(1);
        let now = Instant::now();
        if self.quiet_until.is_none_or(|until| now >= until) {
            self.quiet_until = Some(now + QUIET);
            note!("refused: {why} ({} so far)", self.core.counters.refused.get());
        }
    }

    fn ready(&mut self, token: u64, flags: EventFlags) {
        let Some(mut connection) = self.connections.remove(&token) else { return };
        let readable = flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR);
        let filled = if readable { connection.fill(&mut self.buffer) } else { Ok(()) };
        self.go_on(token, connection, filled);
    }

    /// Answers what waits on a connection, and sees to what becomes of it.
    fn go_on(&mut self, token: u64, mut connection: Connection, filled: Result<(), Ended>) {
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

    /// Redis has something to say.
    fn hear(&mut self) {
        for (token, reply) in self.core.hear(Instant::now()) {
            // Who has published may be gone by now.
            let Some(mut connection) = self.connections.remove(&token) else { continue };
            connection.is_waiting = false;
            connection.reply(&reply);
            self.go_on(token, connection, Ok(()));
        }
    }

    fn end(&mut self, mut connection: Connection, ended: Ended) {
        let _ = epoll::delete(&self.epoll, &connection.socket);
        if let Ended::Garbage(why) = ended {
            // The hello at least: who speaks another version has to see it.
            drop(connection.flush());
            self.complain(&why);
        }
    }

    fn flush(&mut self, token: u64) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        match connection.flush() {
            Ok(all) => {
                let room = if all { EventFlags::empty() } else { EventFlags::OUT };
                let data = EventData::new_u64(token);
                let flags = EventFlags::IN | room;
                let _ = epoll::modify(&self.epoll, &connection.socket, data, flags);
            }
            Err(ended) => {
                if let Some(connection) = self.connections.remove(&token) {
                    self.end(connection, ended);
                }
            }
        }
    }

    /// Answers what has been asked so far.
    fn serve(&mut self, token: u64, connection: &mut Connection) -> Result<After, Ended> {
        while let Some(request) = connection.next_request()? {
            self.active = Instant::now();
            let reply = match request {
                Request::Publish(publication) => {
                    let Some(reply) = self.publish(publication, token) else {
                        connection.is_waiting = true;
                        break;
                    };
                    reply
                }
                Request::Subscribe(subscription) => return Ok(After::Listens(subscription)),
                Request::HandOver { subscription, response } => {
                    self.accept(connection, subscription, response)
                }
                Request::Commit => {
                    self.commit(connection)?;
                    continue;
                }
                Request::Lease(limits) => match self.core.leases.take(limits) {
                    Ok(lease) => {
                        connection.lease = Some(lease);
                        Reply::Granted
                    }
                    Err(limit) => Reply::Exceeded(limit),
                },
                Request::Status => Reply::Status(self.report().to_string()),
                Request::Metrics => Reply::Metrics(metrics::text(&self.report())),
                Request::Upgrade => return Ok(After::Upgrades),
                Request::Stop => {
                    note!("asked to end");
                    self.stopping = true;
                    Reply::Stopping
                }
            };
            connection.reply(&reply);
            drop(connection.flush());
        }
        Ok(After::Stays)
    }

    /// Has another hub go on with everything; goes on itself if that cannot be.
    fn upgrade(&mut self, mut asker: Connection) {
        let _ = epoll::delete(&self.epoll, &asker.socket);
        self.settle();
        let streams = self.core.surrender();
        let connections: Vec<&Connection> = self.connections.values().collect();
        let (listener, backlog) = (&self.listener, &self.core.backlog);
        let reply = match upgrade::hand_on(listener, backlog, &streams, &connections) {
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
                self.core.hold(streams);
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

    /// Waits a little for what Redis is asked: the answers would come to nobody.
    fn settle(&mut self) {
        let deadline = Instant::now() + PAUSE;
        let is_waiting = |connection: &Connection| connection.is_waiting;
        while (self.core.is_asking() || self.connections.values().any(is_waiting))
            && Instant::now() < deadline
        {
            std::thread::sleep(Duration::from_millis(1));
            self.hear();
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

    fn report(&self) -> serde_json::Value {
        status::report(&self.core, self.started, Instant::now())
    }

    /// `None` when the answer comes later.
    fn publish(&mut self, publication: Publication, publisher: u64) -> Option<Reply> {
        let (length, limit) = (publication.data.len(), self.config.max_event);
        if length > limit {
            let message = format!("the event has {length} bytes, and this hub takes {limit}");
            return Some(refuse(Refusal::TooLarge, &message));
        }
        self.core.publish(publication, publisher, Instant::now())
    }

    fn accept(
        &mut self,
        connection: &mut Connection,
        subscription: Subscription,
        response: Response,
    ) -> Reply {
        let Some(socket) = connection.take_descriptor() else {
            return refuse(Refusal::OutOfOrder, "no descriptor came with the hand-over");
        };
        let is_connected = sockopt::socket_type(&socket) == Ok(SocketType::STREAM)
            && sockopt::socket_acceptconn(&socket) == Ok(false);
        if !is_connected {
            return refuse(Refusal::OutOfOrder, "what came is no connection");
        }
        let cursor = self.core.cursor(&subscription, Instant::now());
        connection.accepted = Some(Accepted { socket, subscription, response, cursor });
        Reply::Accepted
    }

    fn commit(&mut self, connection: &mut Connection) -> Result<(), Ended> {
        let accepted = connection.accepted.take();
        let accepted = accepted.ok_or(Ended::Garbage("a commit without a hand-over".to_owned()))?;
        let Accepted { socket, subscription, response, cursor } = accepted;
        let joining = Joining {
            socket,
            output: Output::Http(response.framing),
            before: response.before,
            subscription,
            cursor,
            leases: connection.lease.take(),
        };
        self.core.join(joining, Instant::now());
        Ok(())
    }

    /// From now on, a shard sends events to this connection, and nobody reads from it.
    fn make_subscriber(&mut self, mut connection: Connection, subscription: Subscription) {
        let now = Instant::now();
        connection.reply(&Reply::Subscribed);
        let _ = epoll::delete(&self.epoll, &connection.socket);
        let cursor = self.core.cursor(&subscription, now);
        let (socket, before, leases) = connection.into_subscriber();
        let output = Output::Worker;
        self.core.join(Joining { socket, output, before, subscription, cursor, leases }, now);
    }
}

fn refuse(refusal: Refusal, message: &str) -> Reply {
    Reply::Refused { refusal, message: message.to_owned() }
}
