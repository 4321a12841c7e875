//! The subscribers of a shard, by token and by topic.
//!
//! The invariant: a token names one subscriber as long as it lives, and never another one. So the holders of tokens
//! (the topics, the timers, epoll) need not learn that a subscriber has left.

use std::collections::{HashMap, VecDeque};

use hub_protocol::Topic;
use slotmap::{DefaultKey, SlotMap};

use super::members::Members;
use super::subscriber::Subscriber;

/// Names a subscriber for as long as it lives.
pub(super) type Token = DefaultKey;

/// The subscribers of a shard.
#[derive(Debug, Default)]
pub(super) struct Registry {
    subscribers: SlotMap<Token, Box<Subscriber>>,
    /// The subscribers to each topic that are in no group.
    by_topic: HashMap<Topic, Members<Token>>,
    /// The subscribers in the order of their turns, and some that have left.
    turns: VecDeque<Token>,
}

impl Registry {
    pub(super) fn is_empty(&self) -> bool {
        self.subscribers.is_empty()
    }

    pub(super) fn add(&mut self, subscriber: Box<Subscriber>) -> Token {
        let Self { subscribers, by_topic, .. } = self;
        let token = subscribers.insert_with_key(|token| {
            for topic in subscriber.own_topics() {
                by_topic.entry(topic.clone()).or_default().add(token);
            }
            subscriber
        });
        self.turns.push_back(token);
        token
    }

    pub(super) fn contains(&self, token: Token) -> bool {
        self.subscribers.contains_key(token)
    }

    pub(super) fn get(&mut self, token: Token) -> Option<&mut Subscriber> {
        self.subscribers.get_mut(token).map(Box::as_mut)
    }

    pub(super) fn remove(&mut self, token: Token) -> Option<Box<Subscriber>> {
        let subscriber = self.subscribers.remove(token)?;
        for topic in subscriber.own_topics() {
            self.leave(topic);
        }
        if self.turns.len() > self.subscribers.len() * 2 {
            self.turns.retain(|token| self.subscribers.contains_key(*token));
            self.turns.shrink_to(self.turns.len() * 2);
        }
        Some(subscriber)
    }

    fn leave(&mut self, topic: &Topic) {
        let Self { subscribers, by_topic, .. } = self;
        let Some(list) = by_topic.get_mut(topic) else { return };
        list.note_left(|token| subscribers.contains_key(token));
        if list.is_empty() {
            by_topic.remove(topic);
        }
    }

    /// Calls `visit` with every subscriber to the topic that is in no group.
    pub(super) fn for_each_of_topic(
        &mut self,
        topic: &Topic,
        mut visit: impl FnMut(Token, &mut Subscriber),
    ) {
        let Self { subscribers, by_topic, .. } = self;
        for token in by_topic.get(topic).map_or(&[][..], Members::keys) {
            if let Some(subscriber) = subscribers.get_mut(*token) {
                visit(*token, subscriber);
            }
        }
    }

    /// The number of turns until every subscriber has had one.
    pub(super) fn turns(&self) -> usize {
        self.turns.len()
    }

    /// Calls `visit` with the next subscribers, so many at most: all have a turn before one has another.
    pub(super) fn take_turns(
        &mut self,
        turns: usize,
        mut visit: impl FnMut(Token, &mut Subscriber),
    ) {
        for _ in 0..turns.min(self.turns.len()) {
            let Some(token) = self.turns.pop_front() else { return };
            if let Some(subscriber) = self.subscribers.get_mut(token) {
                visit(token, subscriber);
                self.turns.push_back(token);
            }
        }
    }

    /// All subscribers.
    pub(super) fn tokens(&self) -> Vec<Token> {
        self.subscribers.keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::time::Instant;

    use hub_protocol::{Framing, HeartbeatText};

    use super::*;
    use crate::output::Output;
    use crate::shard::Schedule;

    fn subscriber(topic: &str) -> Box<Subscriber> {
        let schedule = Schedule {
            heartbeat: None,
            end: None,
            write_timeout: None,
            retry: 0,
            shutdown_retry: 0,
            last_write: Instant::now(),
        };
        let socket = UnixStream::pair().unwrap().0.into();
        let topics = [Topic::new(topic.as_bytes()).unwrap()].into();
        let (output, text) = (Output::plain(Framing::Raw), HeartbeatText::default());
        Box::new(Subscriber::new(socket, output, topics, schedule, text))
    }

    fn turns(registry: &mut Registry, count: usize) -> Vec<Token> {
        let mut visited = Vec::new();
        registry.take_turns(count, |token, _| visited.push(token));
        visited
    }

    #[test]
    fn all_have_a_turn_before_one_has_another_whoever_comes_and_goes() {
        let mut registry = Registry::default();
        let tokens: Vec<_> = (0..10).map(|_| registry.add(subscriber("a"))).collect();
        assert_eq!(turns(&mut registry, 3), tokens[..3]);
        for token in &tokens[3..9] {
            assert!(registry.remove(*token).is_some());
        }
        let late = registry.add(subscriber("a"));
        let expected = [&tokens[9..], &tokens[..3], &[late]].concat();
        assert_eq!(turns(&mut registry, usize::MAX), expected);
        assert_eq!(registry.turns(), 5, "nobody who has left has a turn for ever");
    }

    #[test]
    fn a_token_names_nobody_who_has_come_later() {
        let (mut registry, topic) = (Registry::default(), Topic::new(b"a").unwrap());
        let first = registry.add(subscriber("a"));
        let stays = registry.add(subscriber("a"));
        assert!(registry.remove(first).is_some());
        let second = registry.add(subscriber("a"));
        assert!(registry.get(first).is_none() && registry.remove(first).is_none());
        let mut visited = Vec::new();
        registry.for_each_of_topic(&topic, |token, _| visited.push(token));
        assert_eq!(visited, [stays, second]);
    }
}
