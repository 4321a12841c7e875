//! The options of a hub, and their defaults.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use hub_protocol::MAX_EVENT;

/// One shard for every four processors: the web server needs the others, as it has more work for each event.
fn default_shards() -> usize {
    thread::available_parallelism().map_or(1, |processors| (processors.get() / 4).max(1))
}

/// The options of a hub. Each field is an option of the command line; [`crate::USAGE`] has their defaults.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Config {
    /// The socket that it listens on.
    pub socket: PathBuf,
    /// The group whose members may connect, too; otherwise only its own user may.
    pub group: Option<String>,
    /// The number of threads that hold connections.
    pub shards: usize,
    /// The time without a stream or a request after which it exits; `None` is never.
    pub idle_exit: Option<Duration>,
    /// The events that it keeps.
    pub backlog: BacklogLimits,
    /// The events that it replays to a stream from Redis; a stream that has missed more gets a `reset`.
    pub replay: ReplayLimits,
    /// The bytes that it keeps for slow clients alone; beyond that, the one furthest behind is dropped.
    pub queue: usize,
    /// The bytes of memory for encoders that compress streams, of all shards; 0 compresses each event by itself.
    pub compression_memory: usize,
    /// The largest event, in bytes of data.
    pub max_event: usize,
    /// The Redis through which it shares its events; `None` keeps them to itself.
    pub redis: Option<Arc<redis_log::Settings>>,
    /// The name of that Redis in introductions and reports, without a password.
    pub redis_name: Option<String>,
    /// The time that a publisher waits for Redis. The extension waits 250 ms for the hub.
    pub redis_wait: Duration,
    /// The address where it serves Prometheus by HTTP, loopback only; `None` is off.
    pub metrics: Option<SocketAddr>,
    /// True if it takes over from the program before.
    pub takes_over: bool,
    /// True if it takes everything only to give it back, as the courier of an upgrade.
    pub carries: bool,
    /// True if a server has started it, and no script on the command line.
    pub serves: bool,
    /// True if the extension has started it: it then leaves the session of the process that did.
    pub spawned: bool,
}

impl Config {
    /// The defaults, for a hub that listens on this socket.
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
            compression_memory: 64 * 1024 * 1024,
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

/// The limits of the events that are kept for clients that reconnect.
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

/// The limits of the events that are replayed to a client from Redis.
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
