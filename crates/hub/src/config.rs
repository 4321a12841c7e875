//! How a hub is set up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hub_protocol::MAX_EVENT;

/// One for four processors: the others are for the web server, which has more to do for each event.
fn default_shards() -> usize {
    thread::available_parallelism().map_or(1, |processors| (processors.get() / 4).max(1))
}

/// How a hub is set up. Each field is an option of the command line; [`crate::USAGE`] has their defaults.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Config {
    /// Where it listens.
    pub socket: PathBuf,
    /// The group whose members may open the socket, too; else only its own user may.
    pub group: Option<String>,
    /// How many threads hold connections.
    pub shards: usize,
    /// After how long without a stream or a request it ends; `None` is never.
    pub idle_exit: Option<Duration>,
    /// How many events it keeps.
    pub backlog: BacklogLimits,
    /// How much a stream may be given of what it has missed and is read from Redis; more is a `reset`.
    pub replay: ReplayLimits,
    /// How many bytes may be kept for slow clients alone, before the one furthest behind is dropped.
    pub queue: usize,
    /// The largest event, in bytes of data.
    pub max_event: usize,
    /// The Redis that it shares its events through; `None` keeps them to itself.
    pub redis: Option<Arc<redis_log::Settings>>,
    /// What that Redis is called where somebody asks for it: without a password.
    pub redis_name: Option<String>,
    /// How long a publisher waits for Redis. The extension waits a quarter of a second for the hub.
    pub redis_wait: Duration,
    /// Where Prometheus may ask, by HTTP; `None` is nowhere. Loopback only.
    pub metrics: Option<SocketAddr>,
    /// Whether it goes on with what the program before has left.
    pub takes_over: bool,
    /// Whether it takes that only to give it back.
    pub carries: bool,
    /// Whether a server has started it, and no script on the command line.
    pub serves: bool,
    /// Whether the extension has started it: it then leaves the session of who did.
    pub spawned: bool,
}

impl Config {
    /// The defaults, for a hub that listens there.
    #[must_use]
    pub fn new(socket: PathBuf) -> Self {
        Self {
            socket,
            group: None,
            shards: default_shards(),
            idle_exit: None,
            backlog: BacklogLimits::default(),
            replay: ReplayLimits::default(),
            queue: 64 * 1024 * 1024,
            max_event: MAX_EVENT,
            redis: None,
            redis_name: None,
            redis_wait: Duration::from_millis(200),
            metrics: None,
            takes_over: false,
            carries: false,
            serves: false,
            spawned: false,
        }
    }
}

/// The limits of what is kept for clients that come back.
#[derive(Debug, Clone, Copy)]
pub struct BacklogLimits {
    /// The number of events of one topic.
    pub events: usize,
    /// The number of bytes of memory in all.
    pub bytes: usize,
    /// The age of an event.
    pub age: Duration,
}

impl Default for BacklogLimits {
    fn default() -> Self {
        Self { events: 1000, bytes: 64 * 1024 * 1024, age: Duration::from_secs(3600) }
    }
}

/// The limits of what a client is sent that it has missed, and that is read from Redis.
#[derive(Debug, Clone, Copy)]
pub struct ReplayLimits {
    /// The number of events.
    pub events: usize,
    /// The memory that they may take in all, in bytes.
    pub bytes: usize,
}

impl Default for ReplayLimits {
    fn default() -> Self {
        Self { events: 10_000, bytes: 32 * 1024 * 1024 }
    }
}
