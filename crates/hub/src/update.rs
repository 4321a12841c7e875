//! A published event. Its bytes are made once for each way to frame them, and shared by every stream.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use event_stream::{EventId as Id, EventType};
use hub_protocol::{Delivery, EventId, EventName, Publication, Reply, Topic, encode};

use crate::{
    framing::{self, Output},
    memory::{self, PIECE, Tally, Weight},
};

/// Bytes that several streams are to send.
pub(crate) type Bytes = Arc<[u8]>;

/// A published event.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) id: EventId,
    /// Empty for what the hub itself has to say.
    pub(crate) topics: Vec<Topic>,
    name: Option<EventName>,
    data: Vec<u8>,
    /// When this hub has got it.
    pub(crate) arrived: Instant,
    encoded: Encoded,
}

/// An event's bytes, by the ways that need them, and what it takes with them.
#[derive(Debug, Default)]
struct Encoded {
    ways: [OnceLock<Bytes>; Output::SHARED],
    weight: Weight,
}

impl Update {
    pub(crate) fn new(id: EventId, publication: Publication, arrived: Instant) -> Self {
        let Publication { topics, event, data } = publication;
        Self { id, topics: topics.into(), name: event, data, arrived, encoded: Encoded::default() }
    }

    /// What a client is told whose last event ID the backlog does not reach back to: that it has missed
    /// events, with the id that it can go on from. The data must not be empty, or it would not be
    /// dispatched.
    pub(crate) fn reset(position: EventId, last_event_id: Option<&str>, now: Instant) -> Self {
        let data = serde_json::json!({ "lastEventId": last_event_id }).to_string().into_bytes();
        let name = EventName::try_from(Box::from(EventName::RESET)).ok();
        let encoded = Encoded::default();
        Self { id: position, topics: Vec::new(), name, data, arrived: now, encoded }
    }

    /// What tells a client where it is: that it has had everything of its topics up to there. It is an event,
    /// of a type that nobody listens for, as browsers keep the id of a block only that they dispatch.
    pub(crate) fn position(id: EventId, now: Instant) -> Self {
        let name = EventName::try_from(EventType::POSITION).ok();
        let (topics, data, encoded) = (Vec::new(), b"{}".to_vec(), Encoded::default());
        Self { id, topics, name, data, arrived: now, encoded }
    }

    /// One that takes about twice so many bytes.
    #[cfg(test)]
    pub(crate) fn sized(id: EventId, length: usize, now: Instant) -> Self {
        Self { data: vec![b'x'; length], ..Self::position(id, now) }
    }

    /// What was published, to be passed on; `None` for what the hub itself has said.
    pub(crate) fn publication(&self) -> Option<Publication> {
        let topics = self.topics.clone().try_into().ok()?;
        Some(Publication { topics, event: self.name.clone(), data: self.data.clone() })
    }

    /// How much memory it takes, in bytes, but for what was encoded.
    fn own_size(&self) -> usize {
        let topic = |topic: &Topic| topic.as_str().len() + size_of::<Topic>() + PIECE;
        let topics = self.topics.iter().map(topic).sum::<usize>();
        let name = self.name.as_ref().map_or(0, |name| name.as_str().len() + PIECE);
        size_of::<Self>() + self.data.capacity() + topics + name + 4 * PIECE
    }

    /// About how much memory it takes in a backlog, in bytes, with what its topics take there.
    pub(crate) fn cost(&self) -> usize {
        const TOPIC: usize = 256;
        self.own_size()
            + memory::encodings() * self.encoded_size()
            + TOPIC * (1 + self.topics.len())
    }

    /// About how much memory it takes, in bytes: itself, its data, and these once more when encoded. It is
    /// always the same.
    pub(crate) fn size(&self) -> usize {
        self.own_size() + self.encoded_size()
    }

    /// About how much memory it takes once more for each way in which it is encoded, in bytes; data that is not
    /// UTF-8 takes more.
    fn encoded_size(&self) -> usize {
        const AROUND: usize = "id: \nevent: \n\n".len() + 2 * 20 + 2 * PIECE;
        let ends = self.data.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
        let name = self.name.as_ref().map_or(0, |name| name.as_str().len());
        AROUND + name + self.data.len() + "data: \n".len() * (ends + 1)
    }

    /// What it takes now, as it is counted.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> usize {
        self.own_size()
            + self.encoded.ways.iter().filter_map(OnceLock::get).map(encoded_size).sum::<usize>()
    }

    /// Counts it in a backlog's tally from now on, which nobody else has it before.
    pub(crate) fn keep(&self, tally: &Arc<Tally>) {
        self.encoded.weight.keep(self.own_size(), self.encoded_size(), tally);
    }

    /// Counts it among what is kept for slow clients alone: no backlog keeps it.
    pub(crate) fn count_in_queues(&self) {
        self.encoded.weight.queue(self.own_size());
    }

    /// Counts it no more in a backlog's tally.
    pub(crate) fn let_go(&self) {
        self.encoded.weight.let_go();
    }

    /// Whether a backlog keeps it.
    pub(crate) fn is_kept(&self) -> bool {
        self.encoded.weight.is_kept()
    }

    /// The bytes that such an output sends.
    pub(crate) fn bytes(&self, output: Output) -> Bytes {
        self.shared_bytes(output).map_or_else(|| self.encode(output), Arc::clone)
    }

    /// The same where they are shared.
    pub(crate) fn shared_bytes(&self, output: Output) -> Option<&Bytes> {
        let way = output.shared()?;
        Some(self.encoded.ways.get(way)?.get_or_init(|| {
            let bytes = self.encode(output);
            self.encoded.weight.grow(way, encoded_size(&bytes));
            bytes
        }))
    }

    fn encode(&self, output: Output) -> Bytes {
        match output {
            Output::Http(framing) => framing::wrap(framing, &self.frame()).into(),
            // Whatever was taken in can be passed on: a delivery is hardly longer than a publication.
            Output::Worker => encode(&Reply::Delivery(self.delivery())).unwrap_or_default().into(),
        }
    }

    fn frame(&self) -> Vec<u8> {
        let id = self.id.to_string();
        let event = event_stream::Event {
            id: Id::new(id.as_bytes()).ok(),
            event: self
                .name
                .as_ref()
                .and_then(|name| EventType::new(name.as_str().as_bytes()).ok()),
            data: Some(&self.data),
            ..event_stream::Event::default()
        };
        let mut frame = Vec::with_capacity(event.encoded_len_hint());
        event.encode_into(&mut frame);
        frame
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            id: self.id,
            topics: self.topics.clone(),
            event: self.name.clone(),
            data: self.data.clone(),
        }
    }
}

/// How much memory encoded bytes take, with their counts.
fn encoded_size(bytes: &Bytes) -> usize {
    bytes.len() + 2 * PIECE
}
