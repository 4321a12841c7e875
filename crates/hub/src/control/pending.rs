//! Publishers that wait for a reply of Redis, and their time limit.
//!
//! The invariant: each gets one reply: that of Redis or, when that does not come in time, that the outcome is
//! unknown. The extension waits for the hub a little longer than that, and so it learns why.

use std::time::{Duration, Instant};

use hub_protocol::Refusal;
use rustix::event::epoll;

use super::requests::refuse;
use super::state::Control;

impl Control {
    /// Makes this connection wait for Redis, and returns until when.
    pub(super) fn expect_answer(&mut self, token: u64) -> Instant {
        let until = Instant::now() + self.config.redis_wait;
        self.expected.push_back((until, token));
        until
    }

    /// Returns the time until the first of them has waited for long enough.
    pub(super) fn longest_wait(&mut self, now: Instant) -> Option<Duration> {
        while let Some((until, token)) = self.expected.front().copied() {
            if self.waits_until(token) == Some(until) {
                return Some(until.saturating_duration_since(now));
            }
            self.expected.pop_front();
        }
        None
    }

    /// Replies to those who have waited for long enough, and returns their new tokens.
    pub(super) fn end_waits(&mut self, now: Instant) -> Vec<u64> {
        let mut tokens = Vec::new();
        while self.longest_wait(now) == Some(Duration::ZERO)
            && let Some((_, token)) = self.expected.pop_front()
        {
            tokens.extend(self.give_up(token));
        }
        tokens
    }

    /// Replies that the outcome is unknown. The connection gets another token: a late reply of Redis must not be
    /// taken for that to its next request.
    fn give_up(&mut self, token: u64) -> Option<u64> {
        let mut connection = self.connections.remove(&token)?;
        let _ = epoll::delete(&self.epoll, &connection.socket);
        connection.answer(&refuse(
            Refusal::Unavailable,
            "Redis does not answer, it is unknown whether the event was published",
        ));
        let token = self.next;
        self.add(connection);
        Some(token)
    }

    fn waits_until(&self, token: u64) -> Option<Instant> {
        self.connections.get(&token)?.waits_until
    }

    /// Queues the replies that have come from Redis, and returns the tokens of their connections.
    pub(super) fn take_answers(&mut self) -> Vec<u64> {
        let mut answered = Vec::new();
        for (token, reply) in self.core.process_log_updates(Instant::now()) {
            // The publisher may be gone by now.
            if let Some(connection) = self.connections.get_mut(&token) {
                connection.answer(&reply);
                answered.push(token);
            }
        }
        answered
    }

    /// Answers the requests that came while a connection waited.
    pub(super) fn resume(&mut self, token: u64) {
        if let Some(connection) = self.connections.remove(&token) {
            self.go_on(token, connection, Ok(()));
        }
    }
}
