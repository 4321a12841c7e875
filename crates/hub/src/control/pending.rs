//! Publishers that wait for Redis.
//!
//! The invariant: each is answered once: with what Redis says, or, when that does not come in time, that
//! nobody knows. The extension waits a little longer than that for the hub, and so it learns why.

use std::time::{Duration, Instant};

use hub_protocol::Refusal;
use rustix::event::epoll;

use super::requests::refuse;
use super::state::Control;

impl Control {
    /// From now on, this connection waits for Redis; until when.
    pub(super) fn expect_answer(&mut self, token: u64) -> Instant {
        let until = Instant::now() + self.config.redis_wait;
        self.expected.push_back((until, token));
        until
    }

    /// How long until somebody has waited enough.
    pub(super) fn longest_wait(&mut self, now: Instant) -> Option<Duration> {
        while let Some((until, token)) = self.expected.front().copied() {
            if self.waits_until(token) == Some(until) {
                return Some(until.saturating_duration_since(now));
            }
            self.expected.pop_front();
        }
        None
    }

    /// Answers those who have waited enough at that time; their tokens from now on.
    pub(super) fn end_waits(&mut self, now: Instant) -> Vec<u64> {
        let mut tokens = Vec::new();
        while self.longest_wait(now) == Some(Duration::ZERO)
            && let Some((_, token)) = self.expected.pop_front()
        {
            tokens.extend(self.give_up(token));
        }
        tokens
    }

    /// Answers that nobody knows. The connection has another token from then on: what comes after all must
    /// not be taken for the answer to its next question.
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

    /// Queues the answers that have come from Redis; who has got one can go on.
    pub(super) fn take_answers(&mut self) -> Vec<u64> {
        let mut answered = Vec::new();
        for (token, reply) in self.core.process_log_updates(Instant::now()) {
            // Who has published may be gone by now.
            if let Some(connection) = self.connections.get_mut(&token) {
                connection.answer(&reply);
                answered.push(token);
            }
        }
        answered
    }

    /// Answers what a connection has asked while it waited.
    pub(super) fn resume(&mut self, token: u64) {
        if let Some(connection) = self.connections.remove(&token) {
            self.go_on(token, connection, Ok(()));
        }
    }
}
