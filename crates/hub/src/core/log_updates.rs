//! What Redis has to say, and what becomes of it.

use std::time::Instant;

use hub_protocol::Reply;
use redis_log::{Entry, News};

use super::state::{Core, unavailable};
use crate::log::{Log, Ticket};

/// How much news is taken in before others have their turn.
const NEWS_AT_ONCE: usize = 64;

impl Core {
    /// Takes in some of what Redis has to say, and goes on with what waits for it. What is left is for those
    /// who have published.
    pub(crate) fn process_log_updates(&mut self, now: Instant) -> Vec<(u64, Reply)> {
        let mut answers = Vec::new();
        if let Log::Shared(shared) = &self.log {
            shared.quieten();
        }
        let mut is_left = true;
        for _ in 0..NEWS_AT_ONCE {
            let Log::Shared(shared) = &mut self.log else { break };
            let Some(news) = shared.next() else {
                is_left = false;
                break;
            };
            answers.extend(self.take_in(news, now));
        }
        // The rest has its turn when others have had theirs.
        if is_left && let Log::Shared(shared) = &self.log {
            shared.ring();
        }
        self.go_on_replaying();
        answers
    }

    /// Takes in one piece of news; the answer of Redis to what somebody has published.
    fn take_in(&mut self, news: News<Ticket>, now: Instant) -> Option<(u64, Reply)> {
        match news {
            News::Arrived(entries) => {
                for Entry { id, publication } in entries {
                    self.arrive(id, publication, now);
                }
            }
            News::Began(page) => {
                self.backlog.begin(page);
                self.reset(now);
                self.join_early(now);
            }
            News::Lost(position) => {
                self.backlog.begin_anew(position, now);
                self.reset(now);
            }
            News::Appended { ticket: Ticket::Publisher(publisher), result } => {
                let reply = result.map_or_else(|error| unavailable(&error), Reply::Published);
                return Some((publisher, reply));
            }
            News::Held { ticket: Ticket::Replay(question), held } => {
                self.checked(question, held, now);
            }
            News::Page { ticket: Ticket::Replay(question), page } => {
                self.paged(question, page, now);
            }
            News::Disconnected(_) => self.join_early(now),
            _ => {}
        }
        None
    }
}
