//! What a stream follows, and how it behaves, in durations: what the hub is told of it.

use std::time::Duration;

use hub_protocol::Topics;

/// What a stream follows, and how it behaves.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// The topics that it follows.
    pub(crate) topics: Topics,
    /// What the client says was the last event that it saw: not trusted, and not yet looked at.
    pub(crate) last_event_id: Option<String>,
    /// True if it knows that id from this very stream, and has been told no other since.
    pub(crate) is_told: bool,
    /// How long ago the script began.
    pub(crate) age: Duration,
    /// The longest silence before a comment is sent; `None` is for ever.
    pub(crate) heartbeat: Option<Duration>,
    /// What that comment says.
    pub(crate) heartbeat_text: String,
    /// How long it may still live; `None` is for ever.
    pub(crate) lifetime: Option<Duration>,
    /// The reconnection time that the client was told last.
    pub(crate) retry: Option<Duration>,
    /// The reconnection time to leave behind when the hub stops.
    pub(crate) shutdown_retry: Option<Duration>,
    /// For how long a client may take nothing before it is given up; `None` is for ever.
    pub(crate) write_timeout: Option<Duration>,
}

impl Subscription {
    /// As the hub is told of it.
    pub(super) fn message(&self) -> hub_protocol::Subscription {
        hub_protocol::Subscription {
            topics: self.topics.clone(),
            last_event_id: self.last_event_id.clone(),
            told: self.is_told,
            began: hub_protocol::Subscription::moment(self.age),
            heartbeat: short(self.heartbeat),
            heartbeat_text: self
                .heartbeat_text
                .clone()
                .into_boxed_str()
                .try_into()
                .unwrap_or_default(),
            lifetime: self.lifetime.map_or(0, |left| milliseconds(left).max(1)),
            retry: reconnection(self.retry),
            goodbye: reconnection(self.shutdown_retry),
            write_timeout: short(self.write_timeout),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// In milliseconds; 0 is none.
fn reconnection(time: Option<Duration>) -> u32 {
    time.map_or(0, |time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX))
}

/// In milliseconds; 0 is for ever.
fn short(duration: Option<Duration>) -> u32 {
    duration.map_or(0, |length| u32::try_from(length.as_millis()).unwrap_or(u32::MAX).max(1))
}
