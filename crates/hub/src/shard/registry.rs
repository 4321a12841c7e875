//! The streams of a shard, by number and by topic.

use std::collections::HashMap;

use hub_protocol::Topic;

use super::subscriber::Subscriber;

/// Names a stream for as long as it lives; no later one ever has the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token(u64);

impl Token {
    fn new(slot: usize, generation: u32) -> Self {
        Self((slot as u64) << 32 | u64::from(generation))
    }

    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(crate) fn to_bits(self) -> u64 {
        self.0
    }

    fn slot(self) -> usize {
        usize::try_from(self.0 >> 32).unwrap_or(usize::MAX)
    }

    fn generation(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or_default()
    }
}

/// The streams of a shard.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Whose turn is next.
    next: usize,
    followers: HashMap<Topic, Followers>,
}

#[derive(Debug, Default)]
struct Slot {
    generation: u32,
    stream: Option<Box<Subscriber>>,
}

/// Who follows a topic. Those that have left are taken out when they are many.
#[derive(Debug, Default)]
struct Followers {
    tokens: Vec<Token>,
    left: usize,
}

impl Registry {
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// How many places there are, with those that are free.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn add(&mut self, stream: Box<Subscriber>) -> Token {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        let token = Token::new(slot, self.slots[slot].generation);
        for topic in &stream.topics {
            self.followers.entry(topic.clone()).or_default().tokens.push(token);
        }
        self.slots[slot].stream = Some(stream);
        token
    }

    pub(crate) fn get(&mut self, token: Token) -> Option<&mut Subscriber> {
        let slot = self.slots.get_mut(token.slot())?;
        slot.stream.as_deref_mut().filter(|_| slot.generation == token.generation())
    }

    pub(crate) fn remove(&mut self, token: Token) -> Option<Box<Subscriber>> {
        let slot = self.slots.get_mut(token.slot())?;
        let stream = slot.stream.take_if(|_| slot.generation == token.generation())?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(token.slot());
        for topic in &stream.topics {
            self.leave(topic);
        }
        Some(stream)
    }

    fn leave(&mut self, topic: &Topic) {
        let Self { slots, followers, .. } = self;
        let Some(list) = followers.get_mut(topic) else { return };
        list.left += 1;
        if list.left * 2 <= list.tokens.len() {
            return;
        }
        list.tokens.retain(|token| {
            slots.get(token.slot()).is_some_and(|slot| slot.generation == token.generation())
        });
        list.tokens.shrink_to(list.tokens.len() * 2);
        list.left = 0;
        if list.tokens.is_empty() {
            followers.remove(topic);
        }
    }

    /// Has `visit` look at every stream that follows the topic.
    pub(crate) fn each_follower(
        &mut self,
        topic: &Topic,
        mut visit: impl FnMut(Token, &mut Subscriber),
    ) {
        let Self { slots, followers, .. } = self;
        for token in followers.get(topic).map_or(&[][..], |list| &list.tokens) {
            if let Some(slot) = slots.get_mut(token.slot())
                && slot.generation == token.generation()
                && let Some(stream) = &mut slot.stream
            {
                visit(*token, stream);
            }
        }
    }

    /// Has `visit` look at the streams of so many places: all have their turn before one has it again.
    pub(crate) fn take_turns(
        &mut self,
        turns: usize,
        mut visit: impl FnMut(Token, &mut Subscriber),
    ) {
        for _ in 0..turns.min(self.slots.len()) {
            let number = self.next % self.slots.len();
            self.next = number + 1;
            let slot = &mut self.slots[number];
            if let Some(stream) = &mut slot.stream {
                visit(Token::new(number, slot.generation), stream);
            }
        }
    }

    /// All streams.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        let all = self.slots.iter().enumerate().filter(|(_, slot)| slot.stream.is_some());
        all.map(|(number, slot)| Token::new(number, slot.generation)).collect()
    }
}
