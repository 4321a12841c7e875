//! A connection with deadlines, and the few commands that are said on it.

use std::time::Duration;

use hub_protocol::EventId;
use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value, cmd};

use crate::{Settings, entry::RawEntry};

/// For how long to wait for a connection, and for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// For how long XREAD waits for an entry; an answer that is later by [`PATIENCE`] does not come any more.
const BLOCK: Duration = Duration::from_secs(2);

/// How many entries are asked for at once. A stream keeps at least as many: a page that is not full is not
/// what was left of a longer one.
pub(crate) const PAGE: usize = 256;

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

    /// An XADD without its fields.
    pub(crate) fn addition(&self) -> Cmd {
        let mut command = cmd("XADD");
        command.arg(&self.stream).arg("MAXLEN").arg("~").arg(self.max_length).arg("*");
        command
    }

    pub(crate) fn send(&mut self, packed: &[u8]) -> RedisResult<()> {
        self.redis.send_packed_command(packed)
    }

    pub(crate) fn receive<T: FromRedisValue>(&mut self) -> RedisResult<T> {
        let value: Value = self.redis.recv_response()?.extract_error()?;
        Ok(redis::from_redis_value(value)?)
    }

    /// The id of the newest entry; zero when there is none.
    pub(crate) fn newest(&mut self) -> RedisResult<EventId> {
        let entries = self.last_entries(1)?;
        entries.first().map_or(Ok(EventId::ZERO), |(id, _)| parse(id))
    }

    /// So many of the last entries, in order.
    pub(crate) fn last_entries(&mut self, count: usize) -> RedisResult<Vec<RawEntry>> {
        let mut command = cmd("XREVRANGE");
        command.arg(&self.stream).arg("+").arg("-").arg("COUNT").arg(count);
        let mut entries: Vec<RawEntry> = command.query(&mut self.redis)?;
        entries.reverse();
        Ok(entries)
    }

    /// What Redis' clock says: since the Unix epoch.
    pub(crate) fn time(&mut self) -> RedisResult<Duration> {
        let (seconds, microseconds) = cmd("TIME").query(&mut self.redis)?;
        Ok(Duration::from_secs(seconds) + Duration::from_micros(microseconds))
    }

    /// Whether everything after this id is still there. It is when its own entry is: entries are dropped
    /// from the oldest on, and no id comes twice. When nothing was there yet, nothing may have been dropped.
    pub(crate) fn reaches_back_to(&mut self, id: EventId) -> RedisResult<bool> {
        if id == EventId::ZERO {
            let length: usize = cmd("XLEN").arg(&self.stream).query(&mut self.redis)?;
            return Ok(length < self.max_length);
        }
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(id.to_string()).arg(id.to_string());
        let entries: Vec<RawEntry> = command.query(&mut self.redis)?;
        Ok(!entries.is_empty())
    }

    /// Some entries after this id: those that are there, or else the first to come. None when none came for
    /// a while.
    pub(crate) fn next_entries(
        &mut self,
        after: EventId,
        wait: bool,
    ) -> RedisResult<Vec<RawEntry>> {
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(PAGE);
        if wait {
            command.arg("BLOCK").arg(BLOCK.as_millis());
        }
        command.arg("STREAMS").arg(&self.stream).arg(after.to_string());
        let streams: Option<Vec<(String, Vec<RawEntry>)>> = command.query(&mut self.redis)?;
        Ok(streams.into_iter().flatten().flat_map(|(_, entries)| entries).collect())
    }

    /// Some entries after one id, up to another; none when there are no more.
    pub(crate) fn page(&mut self, after: EventId, up_to: EventId) -> RedisResult<Vec<RawEntry>> {
        // "(" for what comes after an id is younger than the oldest Redis with streams.
        let first = after.next(after.milliseconds);
        let mut command = cmd("XRANGE");
        command.arg(&self.stream).arg(first.to_string()).arg(up_to.to_string());
        command.arg("COUNT").arg(PAGE);
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
