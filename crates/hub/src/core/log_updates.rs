//! Processes what the log in Redis reports: new events, replies, pages, lost connections.

use std::time::Instant;

use hub_protocol::Reply;
use redis_log::{Entry, Update as LogUpdate};

use super::state::{Core, unavailable};
use crate::log::{Log, Ticket};

/// The most that are processed before others have their turn.
const AT_ONCE: usize = 64;

impl Core {
    /// Processes some updates of the log in Redis, and resumes whatever waits for them. Returns the replies to
    /// publishers, by their tokens.
    pub(crate) fn process_log_updates(&mut self, now: Instant) -> Vec<(u64, Reply)> {
        let mut replies = Vec::new();
        if let Log::Shared(shared) = &self.log {
            shared.drain_waker();
        }
        for _ in 0..AT_ONCE {
            let Log::Shared(shared) = &mut self.log else { break };
            let Some(update) = shared.next() else { break };
            replies.extend(self.process_log_update(update, now));
        }
        // Wakes this thread again for the rest, once others have had their turn.
        if let Log::Shared(shared) = &self.log {
            shared.wake_if_more();
        }
        self.continue_replays(now);
        replies
    }

    /// Processes one update; returns the reply to a publisher, if it is one.
    fn process_log_update(
        &mut self,
        update: LogUpdate<Ticket>,
        now: Instant,
    ) -> Option<(u64, Reply)> {
        match update {
            LogUpdate::Arrived(entries) => {
                for Entry { id, publication } in entries {
                    self.deliver(id, publication, now);
                }
            }
            LogUpdate::Began(page) => {
                self.backlog.begin(page);
                self.reset(now);
                self.subscribe_waiting(now);
            }
            LogUpdate::Lost(position) => {
                self.backlog.begin_anew(position, now);
                self.reset(now);
            }
            LogUpdate::Appended { ticket: Ticket::Publisher(publisher), result } => {
                let reply = result.map_or_else(|error| unavailable(&error), Reply::Published);
                return Some((publisher, reply));
            }
            LogUpdate::CheckedIds { ticket: Ticket::Replay(request), exist } => {
                self.process_checked(request, exist, now);
            }
            LogUpdate::Page { ticket: Ticket::Replay(request), page } => {
                self.process_page(request, page, now);
            }
            LogUpdate::Disconnected(_) => self.subscribe_waiting(now),
            _ => {}
        }
        None
    }
}
