//! A published event under its id, encoded once for all subscribers.
//!
//! The invariant: its bytes are made at most once for each encoding, and shared by all subscribers that need it.
//! (Subscribers in a segment need none of these: `shard/segment.rs`.)

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use content_coding::{Checksum, Coding, alone};
use event_stream::{EventId as Id, EventType};
use hub_protocol::{Delivery, EventId, EventName, Framing, Publication, Reply, Topic, encode};

use crate::alone::Alone;
use crate::memory::{self, ALLOCATION, Footprint, Tally};
use crate::output::Output;

/// Bytes that several subscribers are sent.
pub(crate) type Bytes = Arc<[u8]>;

/// A published event under its id, or an event of the hub's own.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) id: EventId,
    /// Empty for an event of the hub's own.
    pub(crate) topics: Vec<Topic>,
    name: Option<EventName>,
    data: Vec<u8>,
    /// The time when it came to this hub.
    pub(crate) arrived: Instant,
    encoded: Encoded,
}

/// An update's bytes in the encodings that were needed so far, and the memory that it takes with them.
#[derive(Debug, Default)]
struct Encoded {
    by_encoding: [OnceLock<Bytes>; Output::PLAIN],
    /// Those with a content coding.
    alone: OnceLock<Box<Alone>>,
    footprint: Footprint,
}

impl Update {
    pub(crate) fn new(id: EventId, publication: Publication, arrived: Instant) -> Self {
        let Publication { topics, event, data } = publication;
        Self { id, topics: topics.into(), name: event, data, arrived, encoded: Encoded::default() }
    }

    /// The event that tells a client that it has missed events, and the id at which it can resume: the backlog does
    /// not reach back to its last event ID. The data is not empty, or no browser would dispatch it.
    pub(crate) fn reset(position: EventId, last_event_id: Option<&str>, now: Instant) -> Self {
        let data = serde_json::json!({ "lastEventId": last_event_id }).to_string().into_bytes();
        let name = EventName::try_from(Box::from(EventName::RESET)).ok();
        let encoded = Encoded::default();
        Self { id: position, topics: Vec::new(), name, data, arrived: now, encoded }
    }

    /// The event that gives a client its position: it has had everything of its topics up to there. It is of a type
    /// that nobody listens for, as browsers keep the id only of a block that they dispatch.
    pub(crate) fn position(id: EventId, now: Instant) -> Self {
        let name = EventName::try_from(EventType::POSITION).ok();
        let (topics, data, encoded) = (Vec::new(), b"{}".to_vec(), Encoded::default());
        Self { id, topics, name, data, arrived: now, encoded }
    }

    /// An update that takes about twice so many bytes.
    #[cfg(test)]
    pub(crate) fn sized(id: EventId, length: usize, now: Instant) -> Self {
        Self { data: vec![b'x'; length], ..Self::position(id, now) }
    }

    /// Returns the publication, to be passed on; `None` for an event of the hub's own.
    pub(crate) fn publication(&self) -> Option<Publication> {
        let topics = self.topics.clone().try_into().ok()?;
        Some(Publication { topics, event: self.name.clone(), data: self.data.clone() })
    }

    /// The memory that it takes without its encodings, in bytes.
    fn own_size(&self) -> usize {
        let topic = |topic: &Topic| topic.as_str().len() + size_of::<Topic>() + ALLOCATION;
        let topics = self.topics.iter().map(topic).sum::<usize>();
        let name = self.name.as_ref().map_or(0, |name| name.as_str().len() + ALLOCATION);
        size_of::<Self>() + self.data.capacity() + topics + name + 4 * ALLOCATION
    }

    /// About the memory that it takes in a backlog, in bytes, including the entries of its topics.
    pub(crate) fn cost(&self) -> usize {
        const TOPIC: usize = 256;
        self.own_size()
            + memory::encodings() * self.encoded_size()
            + TOPIC * (1 + self.topics.len())
    }

    /// About the memory that it takes, in bytes: itself, its data, and both again when encoded. The number never
    /// changes.
    pub(crate) fn size(&self) -> usize {
        self.own_size() + self.encoded_size()
    }

    /// About the memory that each of its encodings takes, in bytes; data that is not UTF-8 takes more.
    fn encoded_size(&self) -> usize {
        const AROUND: usize = "id: \nevent: \n\n".len() + 2 * 20 + 2 * ALLOCATION;
        let ends = self.data.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
        let name = self.name.as_ref().map_or(0, |name| name.as_str().len());
        AROUND + name + self.data.len() + "data: \n".len() * (ends + 1)
    }

    /// The memory that it takes now, as it is counted.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> usize {
        self.own_size()
            + self
                .encoded
                .by_encoding
                .iter()
                .filter_map(OnceLock::get)
                .map(encoded_size)
                .sum::<usize>()
            + self
                .encoded
                .alone
                .get()
                .map_or(0, |alone| ALONE_SIZE + alone.made().map(encoded_size).sum::<usize>())
    }

    /// Counts it in a backlog's tally from now on; before that, nobody else has it.
    pub(crate) fn keep(&self, tally: &Arc<Tally>) {
        self.encoded.footprint.keep(self.own_size(), self.encoded_size(), tally);
    }

    /// Counts it among what is kept for slow clients alone: no backlog keeps it.
    pub(crate) fn count_in_queues(&self) {
        self.encoded.footprint.queue(self.own_size());
    }

    /// Removes it from a backlog's tally.
    pub(crate) fn let_go(&self) {
        self.encoded.footprint.let_go();
    }

    /// True while a backlog keeps it.
    pub(crate) fn is_kept(&self) -> bool {
        self.encoded.footprint.is_kept()
    }

    /// Returns its bytes for this output.
    pub(crate) fn bytes(&self, output: Output) -> Bytes {
        self.shared_bytes(output).map_or_else(|| self.encode(output), Arc::clone)
    }

    /// Returns its bytes for this output, if they are shared.
    pub(crate) fn shared_bytes(&self, output: Output) -> Option<&Bytes> {
        let encoding = output.shared()?;
        let slot = match output.coding() {
            None => self.encoded.by_encoding.get(encoding)?,
            Some(_) => self.alone().slot(encoding)?,
        };
        Some(slot.get_or_init(|| {
            let bytes = self.encode(output);
            self.encoded.footprint.grow(encoding, encoded_size(&bytes));
            bytes
        }))
    }

    fn encode(&self, output: Output) -> Bytes {
        match output {
            Output::Http { framing, coding: None } => framing.wrap(&self.text()).into(),
            Output::Http { framing: Framing::Raw, coding: Some(coding) } => {
                let mut segment = Vec::new();
                alone(coding, &self.text(), &mut segment);
                segment.into()
            }
            Output::Http { framing, coding: Some(coding) } => {
                let segment =
                    self.bytes(Output::Http { framing: Framing::Raw, coding: Some(coding) });
                framing.wrap(&segment).into()
            }
            // It always fits: a delivery is hardly longer than a publication.
            Output::Worker => encode(&Reply::Delivery(self.delivery())).unwrap_or_default().into(),
        }
    }

    fn alone(&self) -> &Alone {
        self.encoded.alone.get_or_init(|| {
            self.encoded.footprint.grow(Output::SHARED, ALONE_SIZE);
            Box::default()
        })
    }

    /// The number of its bytes as a segment of its own.
    pub(crate) fn alone_size(&self, coding: Coding) -> usize {
        let output = Output::Http { framing: Framing::Raw, coding: Some(coding) };
        self.shared_bytes(output).map_or(0, |bytes| bytes.len())
    }

    /// The checksum of its text.
    pub(crate) fn checksum(&self, coding: Coding) -> Checksum {
        let make = || Checksum::of(coding, &self.text());
        self.alone().checksum(coding).map_or_else(make, |made| *made.get_or_init(make))
    }

    /// Its text in an event stream.
    pub(crate) fn text(&self) -> Vec<u8> {
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

/// The memory that the places of encodings with a content coding take.
const ALONE_SIZE: usize = size_of::<Alone>() + ALLOCATION;

/// The memory that encoded bytes take, with their counts.
fn encoded_size(bytes: &Bytes) -> usize {
    bytes.len() + 2 * ALLOCATION
}
