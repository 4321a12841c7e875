//! A connection to Redis with deadlines, and the few commands that are sent on it.
//!
//! The invariant: an id that was given once is never given again. An event is added only to a stream that exists; one
//! that is gone (emptied, deleted, or of a Redis that has lost it) is begun again by an entry without an event, above
//! every id that there has been.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use hub_protocol::EventId;
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, cmd};

use crate::entry::{BEGINNING, Part, RawEntry};
use crate::limits::{BLOCK, PAGE, TIMEOUT};
use crate::settings::Settings;
use crate::wire::Wire;
use crate::{handshake, reply, sentinel};

/// A stream that begins again starts this far ahead of Redis' clock: the clock of a Redis that replaces
/// another may be behind, and the last ids that other hubs were given are not known here.
const AHEAD: Duration = Duration::from_secs(1);

/// The number of attempts to begin a stream that is gone whenever it is read.
const ATTEMPTS: usize = 5;

/// A part of the error that XADD gets for a stream that exists already, above the id.
const EXISTS: &str = "equal or smaller";

pub(crate) struct Connection {
    wire: Wire,
    stream: String,
    max_length: usize,
    max_event: usize,
    /// The COUNT of the next XREAD: lower than [`PAGE`] where entries are large.
    count: usize,
}

impl Connection {
    /// Connects, authenticates, selects the database, and checks that Redis serves (it may still load).
    pub(crate) fn open(settings: &Settings) -> RedisResult<Self> {
        let address = sentinel::locate(settings)?;
        let mut wire = Wire::connect(&address, settings.tls(), TIMEOUT, settings.max_event())?;
        handshake::authenticate(&mut wire, settings.identity())?;
        handshake::select_database(&mut wire, settings.database())?;
        if settings.master().is_some() {
            handshake::check_is_master(&mut wire)?;
        }
        let mut connection = Self {
            wire,
            stream: settings.stream().to_owned(),
            max_length: settings.max_length(),
            max_event: settings.max_event(),
            count: PAGE,
        };
        connection.ping()?;
        Ok(connection)
    }

    /// True if a command may be sent: Redis has not closed the connection meanwhile. Does not wait.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.wire.is_usable()
    }

    pub(crate) fn ping(&mut self) -> RedisResult<()> {
        cmd("PING").exec(&mut self.wire)
    }

    /// Allows replies as much time as a blocking XREAD takes.
    pub(crate) fn allow_to_block(&mut self) {
        self.wire.set_timeout(BLOCK + TIMEOUT);
    }

    /// True if XADD knows NOMKSTREAM: from Redis 6.2 on. Asking adds nothing: no entry can have the id zero.
    pub(crate) fn can_add_only(&mut self) -> RedisResult<bool> {
        let mut command = cmd("XADD");
        command.arg(&self.stream).arg("NOMKSTREAM").arg("0-0").arg(BEGINNING).arg("");
        match command.exec(&mut self.wire) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == Some("ERR") => {
                Ok(error.detail().is_some_and(|detail| detail.contains("greater than 0-0")))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns an XADD without its fields. With `only` it adds nothing unless the stream exists.
    pub(crate) fn xadd(&self, only: bool) -> Cmd {
        let mut command = cmd("XADD");
        command.arg(&self.stream);
        if only {
            command.arg("NOMKSTREAM");
        }
        command.arg("MAXLEN").arg("~").arg(self.max_length).arg("*");
        command
    }

    /// Creates the stream unless it exists, and makes its next id greater than all that were given: those that are
    /// known here, and those that other hubs know. The first ids of two streams differ, so that no hub takes one
    /// stream for another.
    pub(crate) fn begin(&mut self, newest: EventId) -> RedisResult<()> {
        let clock =
            u64::try_from(self.time()?.saturating_add(AHEAD).as_millis()).unwrap_or(u64::MAX);
        let milliseconds = clock.max(newest.milliseconds.saturating_add(1));
        let sequence = RandomState::new().hash_one(0) % (1 << 20);
        let id = EventId { milliseconds, sequence };
        let mut command = cmd("XADD");
        command.arg(&self.stream).arg(id.to_string()).arg(BEGINNING).arg("");
        match command.exec(&mut self.wire) {
            Err(error) if error.detail().is_some_and(|detail| detail.contains(EXISTS)) => Ok(()),
            end => end,
        }
    }

    pub(crate) fn send(&mut self, packed: &[u8]) -> RedisResult<()> {
        self.wire.send(packed)
    }

    pub(crate) fn receive<T: FromRedisValue>(&mut self) -> RedisResult<T> {
        Ok(redis::from_redis_value(self.wire.receive()?)?)
    }

    /// Returns the last `count` entries in order, fewer where they are large. There is at least one, since a
    /// stream that is gone is begun.
    pub(crate) fn last_entries(&mut self, count: usize, newest: EventId) -> RedisResult<Part> {
        let mut command = cmd("XREVRANGE");
        command.arg(&self.stream).arg("+").arg("-").arg("COUNT").arg(count);
        let mut entries: Vec<RawEntry> = command.query(&mut self.wire)?;
        for _ in 0..ATTEMPTS {
            if entries.is_empty() {
                self.begin(newest)?;
                entries = command.query(&mut self.wire)?;
            }
        }
        if entries.is_empty() {
            return Err(reply::malformed("a stream that has begun and is empty"));
        }
        let mut part = Part::new(entries, 1, self.max_event);
        part.entries.reverse();
        Ok(part)
    }

    /// Returns the time by Redis' clock, since the Unix epoch.
    pub(crate) fn time(&mut self) -> RedisResult<Duration> {
        let (seconds, microseconds) = cmd("TIME").query(&mut self.wire)?;
        let time = Duration::from_secs(seconds).checked_add(Duration::from_micros(microseconds));
        time.ok_or_else(|| reply::malformed("a time that is none"))
    }

    /// True if the stream has the entry with this id. Then it has all later ones, too: entries are dropped from
    /// the oldest on, and no id is given out twice.
    pub(crate) fn contains(&mut self, id: EventId) -> RedisResult<bool> {
        let entries: Vec<RawEntry> = self.lookup(id).query(&mut self.wire)?;
        Ok(!entries.is_empty())
    }

    fn lookup(&self, id: EventId) -> Cmd {
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(id.to_string()).arg(id.to_string());
        command
    }

    /// Returns some entries after this id: those that exist, or else, with `wait`, the first to come. There are
    /// none if none came within [`BLOCK`]. Returns `None` if the entry with this id is gone: others that came
    /// after it may be gone, too.
    pub(crate) fn next_entries(
        &mut self,
        after: EventId,
        wait: bool,
    ) -> RedisResult<Option<Vec<RawEntry>>> {
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(self.count);
        if wait {
            command.arg("BLOCK").arg(BLOCK.as_millis());
        }
        command.arg("STREAMS").arg(&self.stream).arg(after.to_string());
        // In this order: an entry that exists after the read existed before it. Always both: the stream may
        // have been emptied while Redis was waited for, whatever has come.
        let both = [command, self.lookup(after)].map(|command| command.get_packed_command());
        self.send(&both.concat())?;
        let streams = self.receive::<Option<Vec<(String, Vec<RawEntry>)>>>();
        let streams = match streams {
            Err(error) if !is_error_reply(&error) => return Err(error),
            streams => streams,
        };
        // The second reply has to be read even if the first is an error.
        let at_position: Vec<RawEntry> = self.receive()?;
        let entries = streams?.into_iter().flatten().flat_map(|(_, entries)| entries).collect();
        if at_position.is_empty() {
            return Ok(None);
        }
        let Part { entries, is_cut } = Part::new(entries, 1, self.max_event);
        self.count = if is_cut { entries.len() } else { (self.count * 2).min(PAGE) };
        Ok(Some(entries))
    }

    /// Returns some entries from one id on, up to another: at least two, if there are as many.
    pub(crate) fn page(
        &mut self,
        from: EventId,
        up_to: EventId,
        count: usize,
    ) -> RedisResult<Part> {
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(from.to_string()).arg(up_to.to_string());
        command.arg("COUNT").arg(count);
        let entries = command.query(&mut self.wire)?;
        Ok(Part::new(entries, 2, self.max_event))
    }
}

/// True for an error that Redis replied: the command has failed, and the connection is intact.
pub(crate) fn is_error_reply(error: &RedisError) -> bool {
    error.code().is_some()
}

/// Parses an id of Redis.
pub(crate) fn parse_id(id: &str) -> RedisResult<EventId> {
    id.parse().map_err(|_| reply::malformed("an entry has an id of another form"))
}
