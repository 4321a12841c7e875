//! The topics and options of a stream, in durations, and the message that the hub gets of them.

use std::time::{Duration, Instant};

use hub_protocol::Topics;

/// The topics that a stream follows, and its options.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// The topics that it follows.
    pub(crate) topics: Topics,
    /// The last event ID that the client claims: not trusted, and not yet parsed.
    pub(crate) last_event_id: Option<String>,
    /// True if this very stream has sent the client that id, and no other since.
    pub(crate) position_sent: bool,
    /// When the script began. No age: it would be out of date when the hub is asked again.
    pub(crate) began: Instant,
    /// The longest silence before a comment is sent; `None` is for ever.
    pub(crate) heartbeat: Option<Duration>,
    /// The text of that comment.
    pub(crate) heartbeat_text: String,
    /// The remaining lifetime; `None` is for ever.
    pub(crate) lifetime: Option<Duration>,
    /// The reconnection time that the client was sent last.
    pub(crate) retry: Option<Duration>,
    /// The reconnection time to send when the hub stops.
    pub(crate) shutdown_retry: Option<Duration>,
    /// The time after which a client that takes no bytes is dropped; `None` is for ever.
    pub(crate) write_timeout: Option<Duration>,
}

impl Subscription {
    /// Makes the message for the hub.
    pub(super) fn message(&self) -> hub_protocol::Subscription {
        hub_protocol::Subscription {
            topics: self.topics.clone(),
            last_event_id: self.last_event_id.clone(),
            position_sent: self.position_sent,
            began: hub_protocol::Subscription::moment(self.began),
            heartbeat: short(self.heartbeat),
            heartbeat_text: self
                .heartbeat_text
                .clone()
                .into_boxed_str()
                .try_into()
                .unwrap_or_default(),
            lifetime: self.lifetime.map_or(0, |left| milliseconds(left).max(1)),
            retry: reconnection(self.retry),
            shutdown_retry: reconnection(self.shutdown_retry),
            write_timeout: short(self.write_timeout),
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Converts to milliseconds; 0 is none.
fn reconnection(time: Option<Duration>) -> u32 {
    time.map_or(0, |time| u32::try_from(time.as_millis()).unwrap_or(u32::MAX))
}

/// Converts to milliseconds; 0 is for ever.
fn short(duration: Option<Duration>) -> u32 {
    duration.map_or(0, |length| u32::try_from(length.as_millis()).unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_began_no_later_however_late_the_hub_is_asked() {
        let began = Instant::now();
        let subscription = Subscription {
            topics: vec![hub_protocol::Topic::new(b"a").unwrap()].try_into().unwrap(),
            last_event_id: None,
            position_sent: false,
            began,
            heartbeat: None,
            heartbeat_text: String::new(),
            lifetime: None,
            retry: None,
            shutdown_retry: None,
            write_timeout: None,
        };
        for _ in 0..1000 {
            let least = began.elapsed();
            assert!(subscription.message().age() >= least);
        }
    }
}
