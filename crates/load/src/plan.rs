//! The plan of a crowd.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// So many loopback addresses are connected from: each has ports of its own.
const SOURCES: u8 = 16;

/// The clients that connect, the server, and what they do then.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the server listens, on loopback.
    pub server: SocketAddr,
    /// The path and query that is asked for; a `{}` stands for the number of a topic.
    pub path: String,
    /// A client may be there at most this long without being told its position: what is published when it is
    /// away again, it need not get.
    pub unpositioned: Duration,
    /// The number of clients.
    pub clients: usize,
    /// Their conduct once they are connected.
    pub conduct: Conduct,
    /// So many may wait for the beginning of their streams at once: more than a server has room for in its
    /// queue, and it refuses some.
    pub connecting: usize,
    /// A client waits at most this long before it comes back after its stream has ended, unless the
    /// stream has set a `retry`. Each takes a random part of it.
    pub pause: Duration,
    /// The number of threads that do it.
    pub threads: usize,
    /// The seed of random choices, which makes them repeatable.
    pub seed: u64,
}

/// The conduct of a client once it is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Stays, and comes back only when its stream is ended.
    Steady,
    /// Leaves after a random part of this time, counted from its attempt to connect, and comes back with
    /// the last event ID.
    Restless(Duration),
    /// Reads nothing after the beginning of its stream.
    Stalled,
}

impl Plan {
    /// Steady clients, two threads of them.
    #[must_use]
    pub fn new(server: SocketAddr, path: &str, clients: usize) -> Self {
        Self {
            server,
            path: path.to_owned(),
            unpositioned: Duration::from_secs(1),
            clients,
            conduct: Conduct::Steady,
            connecting: 128,
            pause: Duration::from_millis(200),
            threads: 2,
            seed: 1,
        }
    }

    /// With clients that behave so.
    #[must_use]
    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }

    /// The request of a client that has seen the event with this id, if any.
    pub(crate) fn request(&self, last_event_id: &str, topic: usize) -> String {
        let Self { server, path, .. } = self;
        let path = path.replace("{}", &topic.to_string());
        let last = match last_event_id {
            "" => String::new(),
            id => format!("Last-Event-ID: {id}\r\n"),
        };
        format!("GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept: text/event-stream\r\n{last}\r\n")
    }

    /// Where the client with this number connects from.
    pub(crate) fn source(&self, client: usize) -> Ipv4Addr {
        let sources = usize::from(SOURCES);
        // Below 16, so that it always fits.
        let turn = u8::try_from(client / self.threads % sources).unwrap_or(0);
        Ipv4Addr::new(127, 0, 0, 2 + turn)
    }
}
