//! The state of the first thread: the control socket, its connections, and the core.

use std::collections::{HashMap, VecDeque};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use hub_protocol::location::SERVED;
use hub_protocol::{Hello, Introduction, encode};
use rustix::event::epoll::{self, EventData, EventFlags};

use super::watch::LocationWatch;
use crate::config::Config;
use crate::core::Core;
use crate::directory;
use crate::metrics::prometheus::Scrapes;
use crate::process::remarks::Remarks;
use crate::process::signals::Signals;
use crate::socket::connection::Connection;
use crate::socket::listener::{Listener, directory_of};

pub(super) const LISTENER: u64 = 0;
pub(super) const SIGNALS: u64 = 1;
pub(super) const LOG_UPDATES: u64 = 2;
pub(super) const REMOVED: u64 = 3;
pub(super) const FIRST_CONNECTION: u64 = 4;

/// The control socket and its connections.
pub(crate) struct Control {
    pub(super) config: Config,
    pub(super) core: Core,
    pub(super) listener: Listener,
    /// The first bytes to every peer: hello and introduction.
    pub(super) greeting: Vec<u8>,
    /// True if epoll reports new connections.
    pub(super) listens: bool,
    /// Reports when files of the hub are removed.
    pub(super) watch: LocationWatch,
    /// The moment since when the hub cannot be found.
    pub(super) displaced: Option<Instant>,
    /// True if the directory has the file that says that streams were served.
    pub(super) served: bool,
    /// The port for Prometheus; its numbers are at most a second old.
    pub(super) scrapes: Option<Scrapes>,
    /// Limits how often a failure to serve metrics is logged.
    pub(super) metrics_remarks: Remarks,
    pub(super) signals: Signals,
    pub(super) epoll: OwnedFd,
    pub(super) connections: HashMap<u64, Connection>,
    pub(super) next: u64,
    /// The connections that wait for Redis, and until when: in order.
    pub(super) expected: VecDeque<(Instant, u64)>,
    pub(super) buffer: Vec<u8>,
    pub(super) started: Instant,
    /// The time of the last request.
    pub(super) active: Instant,
    pub(super) stopping: bool,
    pub(super) quiet_until: Option<Instant>,
}

impl Control {
    pub(crate) fn new(
        config: Config,
        core: Core,
        listener: Listener,
        signals: Signals,
    ) -> io::Result<Self> {
        let watch = LocationWatch::new();
        watch.watch(directory_of(listener.path()));
        let now = Instant::now();
        let is_for_streams = config.serves || !config.spawned;
        let mut control = Self {
            greeting: greeting(&config)?,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            config,
            core,
            listener,
            listens: true,
            watch,
            displaced: None,
            served: false,
            scrapes: None,
            metrics_remarks: Remarks::default(),
            signals,
            connections: HashMap::new(),
            next: FIRST_CONNECTION,
            expected: VecDeque::new(),
            buffer: Vec::new(),
            started: now,
            active: now,
            stopping: false,
            quiet_until: None,
        };
        control.register()?;
        if is_for_streams {
            control.note_served();
        }
        Ok(control)
    }

    /// Adds the descriptors that are there from the start to epoll.
    fn register(&self) -> io::Result<()> {
        let add = |fd: &dyn AsFd, token| {
            epoll::add(&self.epoll, fd.as_fd(), EventData::new_u64(token), EventFlags::IN)
        };
        add(self.listener.socket(), LISTENER)?;
        add(&self.signals.waker(), SIGNALS)?;
        if let Some(log) = self.core.log.shared() {
            add(&log.waker(), LOG_UPDATES)?;
        }
        if let Some(watch) = self.watch.descriptor() {
            add(watch, REMOVED)?;
        }
        Ok(())
    }

    /// Leaves the file that says that streams are served here.
    pub(super) fn note_served(&mut self) {
        if !self.served {
            let path = self.listener.path().with_file_name(SERVED);
            self.served = directory::open(&path, OpenOptions::new().append(true)).is_ok();
        }
    }
}

/// The first bytes to every peer: hello and introduction.
fn greeting(config: &Config) -> io::Result<Vec<u8>> {
    let introduction = Introduction { redis: config.redis_name.clone() };
    let introduction = encode(&introduction).map_err(io::Error::other)?;
    Ok([&Hello::OURS.to_bytes(), introduction.as_slice()].concat())
}
