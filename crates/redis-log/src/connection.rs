//! A connection with deadlines, and the few commands that are said on it.
//!
//! The invariant: an id that has been given out once is never given out again. An event is added only to a
//! stream that is there; one that is gone (emptied, deleted, or of a Redis that has lost it) is begun again
//! by an entry without an event, above every id that there has been.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use hub_protocol::EventId;
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value, cmd, pipe};

use crate::{
    Settings,
    entry::{BEGINNING, RawEntry},
};

/// For how long to wait for a connection, and for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// For how long XREAD waits for an entry; an answer that is later by [`PATIENCE`] does not come any more.
const BLOCK: Duration = Duration::from_secs(2);

/// How many entries are asked for at once. A stream keeps at least as many: a page that is not full is not
/// what was left of a longer one.
pub(crate) const PAGE: usize = 256;

/// How far a stream that begins again is ahead of Redis' clock: the clock of a Redis that takes another's
/// place may be behind, and what others were given last is not known here.
const AHEAD: Duration = Duration::from_secs(1);

/// What comes of an attempt to begin a stream that is there.
const IS_THERE: &str = "equal or smaller";

pub(crate) struct Connection {
    redis: redis::Connection,
    stream: String,
    max_length: usize,
}

impl Connection {
    /// Connects, authenticates, chooses the database, and asks whether Redis serves (it may still load).
    pub(crate) fn open(settings: &Settings) -> RedisResult<Self> {
        let redis = settings.client().get_connection_with_timeout(PATIENCE)?;
        redis.set_write_timeout(Some(PATIENCE))?;
        redis.set_read_timeout(Some(PATIENCE))?;
        let stream = settings.stream().to_owned();
        let mut connection = Self { redis, stream, max_length: settings.max_length() };
        connection.ping()?;
        Ok(connection)
    }

    pub(crate) fn ping(&mut self) -> RedisResult<()> {
        cmd("PING").exec(&mut self.redis)
    }

    /// For a connection that is to wait for entries.
    pub(crate) fn allow_to_block(&self) -> RedisResult<()> {
        self.redis.set_read_timeout(Some(BLOCK + PATIENCE))
    }

    /// Whether an XADD can be told not to make the stream: from Redis 6.2 on. Nothing is added: there is no
    /// entry with the id zero.
    pub(crate) fn can_add_only(&mut self) -> RedisResult<bool> {
        let mut command = cmd("XADD");
        command.arg(&self.stream).arg("NOMKSTREAM").arg("0-0").arg(BEGINNING).arg("");
        match command.exec(&mut self.redis) {
            Ok(()) => Ok(true),
            Err(error) if error.code() == Some("ERR") => {
                Ok(error.detail().is_some_and(|detail| detail.contains("greater than 0-0")))
            }
            Err(error) => Err(error),
        }
    }

    /// An XADD without its fields; `only` to a stream that is there, else nothing is added.
    pub(crate) fn addition(&self, only: bool) -> Cmd {
        let mut command = cmd("XADD");
        command.arg(&self.stream);
        if only {
            command.arg("NOMKSTREAM");
        }
        command.arg("MAXLEN").arg("~").arg(self.max_length).arg("*");
        command
    }

    /// Has the stream be there, and its next id be greater than all that have been given out: those that are
    /// known here, and those that others know. No two beginnings have the same id, so that nobody takes one
    /// stream for another.
    pub(crate) fn begin(&mut self, newest: EventId) -> RedisResult<()> {
        let clock = u64::try_from((self.time()? + AHEAD).as_millis()).unwrap_or(u64::MAX);
        let milliseconds = clock.max(newest.milliseconds.saturating_add(1));
        let sequence = RandomState::new().hash_one(0) % (1 << 20);
        let id = EventId { milliseconds, sequence };
        let mut command = cmd("XADD");
        command.arg(&self.stream).arg(id.to_string()).arg(BEGINNING).arg("");
        match command.exec(&mut self.redis) {
            Err(error) if error.detail().is_some_and(|detail| detail.contains(IS_THERE)) => Ok(()),
            end => end,
        }
    }

    pub(crate) fn send(&mut self, packed: &[u8]) -> RedisResult<()> {
        self.redis.send_packed_command(packed)
    }

    pub(crate) fn receive<T: FromRedisValue>(&mut self) -> RedisResult<T> {
        let value: Value = self.redis.recv_response()?.extract_error()?;
        Ok(redis::from_redis_value(value)?)
    }

    /// So many of the last entries, in order: at least one, for a stream that is gone is begun.
    pub(crate) fn last_entries(
        &mut self,
        count: usize,
        newest: EventId,
    ) -> RedisResult<Vec<RawEntry>> {
        let mut command = cmd("XREVRANGE");
        command.arg(&self.stream).arg("+").arg("-").arg("COUNT").arg(count);
        let mut entries: Vec<RawEntry> = command.query(&mut self.redis)?;
        while entries.is_empty() {
            self.begin(newest)?;
            entries = command.query(&mut self.redis)?;
        }
        entries.reverse();
        Ok(entries)
    }

    /// What Redis' clock says: since the Unix epoch.
    pub(crate) fn time(&mut self) -> RedisResult<Duration> {
        let (seconds, microseconds) = cmd("TIME").query(&mut self.redis)?;
        Ok(Duration::from_secs(seconds) + Duration::from_micros(microseconds))
    }

    /// Whether the entry with this id is there. Then all that came after it is there, too: entries are
    /// dropped from the oldest on, and no id is given out twice.
    pub(crate) fn holds(&mut self, id: EventId) -> RedisResult<bool> {
        let entries: Vec<RawEntry> = self.only(id).query(&mut self.redis)?;
        Ok(!entries.is_empty())
    }

    fn only(&self, id: EventId) -> Cmd {
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(id.to_string()).arg(id.to_string());
        command
    }

    /// Some entries after this id: those that are there, or else the first to come; none when none came for
    /// a while. `None` when the entry with this id was gone by then: there may have been others.
    pub(crate) fn next_entries(
        &mut self,
        after: EventId,
        wait: bool,
    ) -> RedisResult<Option<Vec<RawEntry>>> {
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(PAGE);
        if wait {
            command.arg("BLOCK").arg(BLOCK.as_millis());
        }
        command.arg("STREAMS").arg(&self.stream).arg(after.to_string());
        let mut both = pipe();
        // In this order: what is there after the entries were read was there before. Always: whatever has
        // come, the stream may have been emptied while Redis was waited for.
        both.add_command(command).add_command(self.only(after));
        let (streams, place): (Option<Vec<(String, Vec<RawEntry>)>>, Vec<RawEntry>) =
            both.query(&mut self.redis)?;
        let entries = streams.into_iter().flatten().flat_map(|(_, entries)| entries).collect();
        Ok((!place.is_empty()).then_some(entries))
    }

    /// Some entries from one id on, up to another; none when there are no more.
    pub(crate) fn page(
        &mut self,
        from: EventId,
        up_to: EventId,
        count: usize,
    ) -> RedisResult<Vec<RawEntry>> {
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(from.to_string()).arg(up_to.to_string());
        command.arg("COUNT").arg(count);
        command.query(&mut self.redis)
    }
}

/// Redis has answered, in words: what it was asked is not done, and the connection is as it was.
pub(crate) fn is_an_answer(error: &RedisError) -> bool {
    error.code().is_some()
}

/// An id of Redis.
pub(crate) fn parse(id: &str) -> RedisResult<EventId> {
    id.parse().map_err(|_| {
        redis::RedisError::from((redis::ErrorKind::Parse, "an entry has an id of another form"))
    })
}
