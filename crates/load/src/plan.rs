//! The plan of a crowd: the server, the number of clients, and what they do.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The number of loopback addresses to connect from: each has its own ports.
const SOURCES: u8 = 16;

/// The clients, the server, and what the clients do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The address of the server, on loopback.
    pub server: SocketAddr,
    /// The path and query to request; `{}` stands for the number of a topic.
    pub path: String,
    /// The longest time for which a client may stay without being sent its position: it need not get what is
    /// published once it has left again.
    pub unpositioned: Duration,
    /// The number of clients.
    pub clients: usize,
    /// Their conduct once they are connected.
    pub conduct: Conduct,
    /// The most clients that may wait for their streams to begin at once: with more than fit into a server's backlog,
    /// it refuses some.
    pub connecting: usize,
    /// The longest wait of a client before it reconnects after its stream has ended, unless the stream has set a
    /// `retry`. Each waits for a random part of it.
    pub pause: Duration,
    /// The number of threads of the clients.
    pub threads: usize,
    /// Whether the clients accept `zstd`, and no coding otherwise.
    pub accepts_zstd: bool,
    /// The seed of random choices, which makes them repeatable.
    pub seed: u64,
}

/// The conduct of a client once it is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Stays, and comes back only when its stream is ended.
    Steady,
    /// Leaves after a random part of this time, counted from its attempt to connect, and reconnects with the last
    /// event ID.
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
            accepts_zstd: false,
            seed: 1,
        }
    }

    /// Sets the conduct of the clients.
    #[must_use]
    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }

    /// The request of a client whose last event ID this is.
    pub(crate) fn request(&self, last_event_id: &str, topic: usize) -> String {
        let Self { server, path, .. } = self;
        let path = path.replace("{}", &topic.to_string());
        let last = match last_event_id {
            "" => String::new(),
            id => format!("Last-Event-ID: {id}\r\n"),
        };
        let coding = if self.accepts_zstd { "Accept-Encoding: zstd\r\n" } else { "" };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nAccept: text/event-stream\r\n{coding}{last}\r\n"
        )
    }

    /// The address from which the client with this number connects.
    pub(crate) fn source(&self, client: usize) -> Ipv4Addr {
        let sources = usize::from(SOURCES);
        // Below 16, so that it always fits.
        let turn = u8::try_from(client / self.threads % sources).unwrap_or(0);
        Ipv4Addr::new(127, 0, 0, 2 + turn)
    }
}
