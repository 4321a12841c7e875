//! What a client may ask, and what the hub answers.

use std::fmt;
use std::time::Duration;

use event_stream::Heartbeat;
use framing::Framing;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::bounded::at_most;
use crate::event_name::{EventName, to_publish};
use crate::id::EventId;
use crate::topic::{MAX_TOPICS, Topic, Topics};

/// How many limits a stream may be held to.
pub const MAX_LIMITS: usize = 16;

/// What a hub says of itself, after its hello and before any answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// The Redis that it shares its events through, as [`crate::redis_name`] has it; `None` if it keeps
    /// them to itself.
    pub redis: Option<String>,
}

/// What a client asks for. All but [`Request::Commit`] are answered, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// To publish an event: [`Reply::Published`].
    Publish(Publication),
    /// To have events sent on this connection, for a stream that a worker serves itself:
    /// [`Reply::Subscribed`], then a [`Reply::Delivery`] for each event until the connection is closed.
    Subscribe(Subscription),
    /// To take over the client connection whose descriptor comes with this message: [`Reply::Accepted`].
    /// The hub does not touch that connection before [`Request::Commit`]; if this connection is closed
    /// without one, the hub closes its copy, and the connection is still the worker's.
    HandOver {
        /// What to send.
        subscription: Subscription,
        /// How to send it.
        response: Response,
    },
    /// The worker has let go of the connection that was accepted. Not answered.
    Commit,
    /// A place under each of these limits, for as long as this connection lives, or the client
    /// connection that is handed over on it: [`Reply::Granted`] or [`Reply::Exceeded`].
    Lease(
        /// At most [`MAX_LIMITS`].
        #[serde(deserialize_with = "at_most::<MAX_LIMITS, _, _>")]
        Vec<Limit>,
    ),
    /// How the hub is: [`Reply::Status`].
    Status,
    /// The same for Prometheus: [`Reply::Metrics`].
    Metrics,
    /// To end: streams are told goodbye, then the hub exits: [`Reply::Stopping`].
    Stop,
    /// To have the program that is installed now go on with everything: [`Reply::Upgraded`], from the new
    /// one.
    Upgrade,
}

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Everyone who follows one of these gets it, once.
    pub topics: Topics,
    /// The event's type, which is none of the hub's own; `None` is `message`.
    #[serde(deserialize_with = "to_publish")]
    pub event: Option<EventName>,
    /// Its data, as bytes; what is not UTF-8 is mended when it is encoded.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// What a heartbeat says: a short line without control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<str>", into = "Box<str>")]
pub struct HeartbeatText(Box<str>);

impl HeartbeatText {
    /// The heartbeat that says it.
    #[must_use]
    pub fn heartbeat(&self) -> Heartbeat {
        Heartbeat::new(&self.0).unwrap_or_default()
    }

    /// Whether it says nothing.
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

/// What a stream follows, and how it behaves. Durations are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The topics that it follows.
    pub topics: Topics,
    /// What the client says was the last event that it saw: not trusted, and not yet looked at.
    pub last_event_id: Option<String>,
    /// Whether it knows that id from this very stream, and has been told no other since; if not, it is told
    /// before anything else.
    pub told: bool,
    /// When the script began, in nanoseconds of `CLOCK_MONOTONIC`, which both sides share: a stream without
    /// a last event id gets what was published since.
    pub began: u64,
    /// The longest silence before a comment is sent; 0 is for ever.
    pub heartbeat: u32,
    /// What that comment says, and the first one; mostly nothing.
    pub heartbeat_text: HeartbeatText,
    /// How long it may still live; 0 is for ever.
    pub lifetime: u64,
    /// The reconnection time that the client was told last; 0 if it was told none.
    pub retry: u32,
    /// The reconnection time to leave behind when the hub stops; 0 leaves none.
    pub goodbye: u32,
    /// For how long a client may take nothing before it is given up; 0 is for ever.
    pub write_timeout: u32,
}

impl Subscription {
    /// A moment that was so long ago, as [`Subscription::began`] has it.
    #[must_use]
    pub fn moment(ago: Duration) -> u64 {
        u64::try_from(monotonic().saturating_sub(ago).as_nanos()).unwrap_or(u64::MAX)
    }

    /// How long ago the script began.
    #[must_use]
    pub fn age(&self) -> Duration {
        monotonic().saturating_sub(Duration::from_nanos(self.began))
    }
}

/// The time since some moment that is the same for all processes.
fn monotonic() -> Duration {
    let now = clock_gettime(ClockId::Monotonic);
    now.try_into().unwrap_or_default()
}

/// How the bytes of a stream have to look on the connection that is handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// The framing that the server at the other end expects.
    pub framing: Framing,
    /// What has to come before the first frame, so that it does not become part of what a script has
    /// echoed: a few line ends, mostly none.
    #[serde(with = "serde_bytes")]
    pub before: Vec<u8>,
}

/// How many streams there may be at once under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Whose streams are counted: a user, an address; the empty key counts all. Any bytes: an address as
    /// `inet_pton()` has it is no text.
    #[serde(with = "serde_bytes")]
    pub key: Vec<u8>,
    /// How many there may be.
    pub max: u32,
    /// Whether the oldest stream under the key makes room for one too many: [`Reply::Dropped`].
    pub drops_oldest: bool,
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The event has been given this id, and is on its way.
    Published(EventId),
    /// Events follow on this connection.
    Subscribed,
    /// An event of a subscription.
    Delivery(Delivery),
    /// The connection can be taken over, at [`Request::Commit`].
    Accepted,
    /// There was a place under each limit.
    Granted,
    /// There was none under this one.
    Exceeded(Limit),
    /// A younger stream has taken the place that was granted on this connection: the stream that had it is to
    /// end. Not asked for: it may come at any time, once.
    Dropped,
    /// A JSON object.
    Status(String),
    /// Prometheus' text format.
    Metrics(String),
    /// The hub ends.
    Stopping,
    /// The hub will not do it.
    Refused {
        /// Why, for a program.
        refusal: Refusal,
        /// Why, for a reader.
        message: String,
    },
    /// The program that is installed now goes on with everything.
    Upgraded,
}

/// An event, as a worker gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: EventId,
    /// The topics it was published under; none if the hub itself has something to say (`reset`).
    #[serde(deserialize_with = "at_most::<MAX_TOPICS, _, _>")]
    pub topics: Vec<Topic>,
    /// Its type.
    pub event: Option<EventName>,
    /// Its data.
    #[serde(with = "serde_bytes")]
    pub data: Vec<u8>,
}

/// Why the hub refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The message came at a wrong moment, or without its descriptor.
    OutOfOrder,
    /// The event is larger than the hub takes.
    TooLarge,
    /// What the hub publishes through cannot be reached.
    Unavailable,
    /// The hub has no room for another stream, or is about to end.
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
