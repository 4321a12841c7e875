//! The requests of a client and the replies of the hub.

use std::fmt;
use std::time::{Duration, Instant};

use event_stream::Heartbeat;
use framing::Framing;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::bounded::at_most;
use crate::coded::Coded;
use crate::event_name::{EventName, to_publish};
use crate::id::EventId;
use crate::topic::{MAX_TOPICS, Topic, Topics};

/// The most limits that a stream may be held to.
pub const MAX_LIMITS: usize = 16;

/// The hub's first message, after its hello and before any reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// The Redis through which it shares its events, as [`crate::redis_name`] spells it; `None` if it keeps them to
    /// itself.
    pub redis: Option<String>,
}

/// A request of a client. The hub replies to all but [`Request::Commit`], in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Publishes an event: [`Reply::Published`].
    Publish(Publication),
    /// Sends events on this connection, for a stream that a worker serves itself: [`Reply::Subscribed`], then a
    /// [`Reply::Delivery`] for each event until the connection is closed.
    Subscribe(Subscription),
    /// Offers the client connection whose descriptor comes with this message: [`Reply::Accepted`]. The hub does not
    /// touch that connection before [`Request::Commit`]; if this connection is closed without one, the hub closes its
    /// copy, and the connection is still the worker's.
    HandOver {
        /// The events to send.
        subscription: Subscription,
        /// The framing to send them in.
        response: Response,
    },
    /// The worker has let go of the connection that was accepted. There is no reply.
    Commit,
    /// Takes a lease under each of these limits, for as long as this connection lives, or the client connection that
    /// is handed over on it: [`Reply::Granted`] or [`Reply::Exceeded`].
    Lease(
        /// At most [`MAX_LIMITS`].
        #[serde(deserialize_with = "at_most::<MAX_LIMITS, _, _>")]
        Vec<Limit>,
    ),
    /// Asks for the hub's status: [`Reply::Status`].
    Status,
    /// Asks for the hub's metrics, for Prometheus: [`Reply::Metrics`].
    Metrics,
    /// Ends the hub: it sends each stream its last bytes, then exits: [`Reply::Stopping`].
    Stop,
    /// Replaces the hub by the program that is installed now, which takes over all its state: [`Reply::Upgraded`],
    /// sent by the new one.
    Upgrade,
}

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The topics; a client that follows several of them gets the event once.
    pub topics: Topics,
    /// The event's type, which is none of the hub's own; `None` is `message`.
    #[serde(deserialize_with = "to_publish")]
    pub event: Option<EventName>,
    /// Its data, as bytes; the encoder replaces what is not UTF-8 by U+FFFD.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// The text of a heartbeat: a short line without control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Box<str>", into = "Box<str>")]
pub struct HeartbeatText(Box<str>);

impl HeartbeatText {
    /// The heartbeat with this text.
    #[must_use]
    pub fn heartbeat(&self) -> Heartbeat {
        Heartbeat::new(&self.0).unwrap_or_default()
    }

    /// True if there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Box<str>> for HeartbeatText {
    type Error = &'static str;

    fn try_from(text: Box<str>) -> Result<Self, &'static str> {
        Heartbeat::new(&text).map(|_| Self(text)).ok_or("a heartbeat is a short line")
    }
}

impl From<HeartbeatText> for Box<str> {
    fn from(text: HeartbeatText) -> Self {
        text.0
    }
}

/// The topics that a stream follows, and its options. Durations are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The topics that it follows.
    pub topics: Topics,
    /// The last event ID that the client claims: not trusted, and not yet parsed.
    pub last_event_id: Option<String>,
    /// True if this very stream has sent the client that id, and no other since; otherwise the hub sends it before
    /// anything else.
    pub position_sent: bool,
    /// The moment when the script began, in nanoseconds of `CLOCK_MONOTONIC`, which both sides share: a stream
    /// without a last event ID gets the events published since.
    pub began: u64,
    /// The longest silence before a comment is sent; 0 is for ever.
    pub heartbeat: u32,
    /// The text of that comment, and of the first one; mostly empty.
    pub heartbeat_text: HeartbeatText,
    /// The remaining lifetime; 0 is for ever.
    pub lifetime: u64,
    /// The reconnection time that the client was sent last; 0 if it was sent none.
    pub retry: u32,
    /// The reconnection time to send when the hub stops; 0 sends none.
    pub shutdown_retry: u32,
    /// The time after which a client that takes no bytes is dropped; 0 is for ever.
    pub write_timeout: u32,
}

impl Subscription {
    /// Returns the present moment, as [`Subscription::began`] has it.
    #[must_use]
    pub fn now() -> u64 {
        nanoseconds(monotonic())
    }

    /// Returns a past moment as [`Subscription::began`] has it, or one a little earlier.
    #[must_use]
    pub fn moment(then: Instant) -> u64 {
        // In this order: a thread that is interrupted in between makes it earlier, and nothing is missed.
        let now = monotonic();
        nanoseconds(now.saturating_sub(then.elapsed()))
    }

    /// The time since the script began.
    #[must_use]
    pub fn age(&self) -> Duration {
        monotonic().saturating_sub(Duration::from_nanos(self.began))
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The time of a clock that all processes share.
fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    now.try_into().unwrap_or_default()
}

/// The framing of a stream on the connection that is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The framing that the server at the other end expects.
    pub framing: Framing,
    /// The bytes to send before the first frame, so that the frame does not become part of what a script has echoed:
    /// a few line ends, mostly none.
    #[serde(with = "serde_bytes")]
    pub before: Vec<u8>,
    /// The content coding in which all that the client gets has to be encoded, and where that stands; `None` if the
    /// response has none. The framing goes around it.
    pub coding: Option<Coded>,
}

/// The most streams that there may be at once under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Names the streams that are counted: those of a user, of an address; the empty key counts all. It is bytes and
    /// no text, as an address from `inet_pton()` is.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// The most streams.
    pub max: u32,
    /// True if the oldest stream under the key makes room when there is one too many: [`Reply::Dropped`].
    pub drops_oldest: bool,
}

/// A reply of the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The event has this id, and is on its way.
    Published(EventId),
    /// The events follow on this connection.
    Subscribed,
    /// An event of a subscription.
    Delivery(Delivery),
    /// The hub takes over the connection at [`Request::Commit`].
    Accepted,
    /// The connection has a lease under each limit.
    Granted,
    /// This limit is reached.
    Exceeded(Limit),
    /// A younger stream has taken the lease of this connection, whose stream has to end. It answers no request, and
    /// may come at any time, once.
    Dropped,
    /// The status, a JSON object.
    Status(String),
    /// The metrics, in Prometheus' text format.
    Metrics(String),
    /// The hub is shutting down.
    Stopping,
    /// The hub refuses the request.
    Refused {
        /// The reason, for a program.
        refusal: Refusal,
        /// The reason, for a reader.
        message: String,
    },
    /// The program that is installed now has taken over.
    Upgraded,
}

/// An event, as the hub sends it to a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: EventId,
    /// The topics under which it was published; none for an event of the hub's own (`reset`).
    #[serde(deserialize_with = "at_most::<MAX_TOPICS, _, _>")]
    pub topics: Vec<Topic>,
    /// Its type.
    pub event: Option<EventName>,
    /// Its data.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// The reason why the hub refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The message came at the wrong moment, or without its descriptor.
    OutOfOrder,
    /// The event is larger than the hub's limit.
    TooLarge,
    /// The hub cannot reach its Redis.
    Unavailable,
    /// The hub has no room for another stream, or is about to exit.
    Full,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfOrder => "out of order",
            Self::TooLarge => "too large",
            Self::Unavailable => "unavailable",
            Self::Full => "full",
        })
    }
}
