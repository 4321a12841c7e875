//! Loads the last page of the stream when a hub begins to follow it, with a time for each event.
//!
//! So the hub knows the events that were published shortly before.
//!
//! The invariant: an entry is never dated earlier than it was added. A client that asks for events since a
//! moment may get one too many, and misses none.

use std::time::{Duration, Instant};

use hub_protocol::EventId;
use redis::RedisResult;

use crate::connection::{Connection, parse_id};
use crate::entry::{Entry, Part};
use crate::limits::PAGE;
use crate::reading::decode;
use crate::update::{LastPage, Update};

impl LastPage {
    /// Loads the page. A stream that does not exist is begun, above the newest known id.
    pub(crate) fn load(
        connection: &mut Connection,
        known: EventId,
        max_event: usize,
    ) -> RedisResult<Self> {
        let Part { entries: raw, is_cut } = connection.last_entries(PAGE, known)?;
        let clock = Clock { time: connection.time()?, now: Instant::now() };
        let is_full = is_cut || raw.len() >= PAGE;
        let first = raw.first().map(|(id, _)| parse_id(id)).transpose()?;
        let mut newest = EventId::ZERO;
        let entries = decode(raw, &mut newest, max_event, &|_: Update<()>| {})?;
        let dated = |entry: Entry| {
            let added = clock.at(entry.id);
            (entry, added)
        };
        Ok(Self {
            newest,
            floor: first.map_or(EventId::ZERO, EventId::previous),
            events: entries.into_iter().map(dated).collect(),
            left_out: first.filter(|_| is_full).map(|first| clock.at(first)),
        })
    }
}

/// The time by Redis' clock, and a later moment of this machine's.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// Since the Unix epoch.
    time: Duration,
    now: Instant,
}

impl Clock {
    /// Returns when the entry with this id was added. Ids have whole milliseconds, and may be ahead of a clock
    /// that was set back.
    fn at(self, id: EventId) -> Instant {
        let added = Duration::from_millis(id.milliseconds.saturating_add(1));
        self.now.checked_sub(self.time.saturating_sub(added)).unwrap_or(self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_never_dated_earlier_than_it_was_added() {
        let now = Instant::now();
        let clock = Clock { time: Duration::from_micros(10_000_700), now };
        let ago = |milliseconds| now - clock.at(EventId { milliseconds, sequence: 7 });
        assert_eq!(ago(9_000), Duration::from_micros(999_700), "at the end of its millisecond");
        assert_eq!(ago(10_000), Duration::ZERO, "in the same millisecond");
        assert_eq!(ago(20_000), Duration::ZERO, "the clock was set back");
        assert_eq!(ago(u64::MAX), Duration::ZERO);
    }
}
