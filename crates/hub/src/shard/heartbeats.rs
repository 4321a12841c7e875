//! Heartbeats, and the positions that are sent in place of some.

use std::sync::{Arc, LazyLock};

use event_stream::Heartbeat;
use hub_protocol::{EventId, Framing, HeartbeatText};

use super::event_loop::EventLoop;
use super::registry::Token;
use super::subscriber::Subscriber;
use crate::output::{Output, shared_framing};
use crate::update::Bytes;

/// The divisor of the turnover after which a position is sent in place of a heartbeat: at half of it.
const SOON: u64 = 2;

impl EventLoop {
    /// Queues a heartbeat: the client's position instead, if that is due before long anyway. All who are in a segment
    /// have been silent for equally long, and get it at once.
    pub(super) fn queue_heartbeat(&mut self, token: Token) {
        let Some(subscriber) = self.registry.get(token) else { return };
        if subscriber.output == Output::Worker {
            return;
        }
        if self.positions.is_due(&subscriber.known, SOON) && self.queue_position(token) {
            self.counters.heartbeats.add(1);
            return;
        }
        let Some(subscriber) = self.registry.get(token) else { return };
        let heartbeat = subscriber.heartbeat_text.heartbeat();
        let queued = self.queue_inside(token, heartbeat.line(), EventId::ZERO, |subscriber, _| {
            subscriber.queue.note_comment();
        });
        self.counters.heartbeats.add(queued.max(1));
        if queued == 0
            && let Some(subscriber) = self.registry.get(token)
        {
            push_heartbeat(subscriber);
        }
    }
}

fn push_heartbeat(subscriber: &mut Subscriber) {
    match subscriber.output {
        Output::Http { framing, coding: None } => {
            subscriber.queue.push(heartbeat(framing, &subscriber.heartbeat_text));
            subscriber.queue.note_comment();
        }
        _ => subscriber.push_comment(subscriber.heartbeat_text.heartbeat().line()),
    }
}

/// Returns the bytes of a heartbeat; those of the usual ones are made once.
fn heartbeat(framing: Framing, text: &HeartbeatText) -> Bytes {
    static USUAL: LazyLock<[Bytes; Output::FRAMINGS]> = LazyLock::new(|| {
        [Framing::FastCgi { request_id: 1, is_kept: false }, Framing::Raw, Framing::Chunked]
            .map(|framing| framing.wrap(Heartbeat::default().line()).into())
    });
    let shared = shared_framing(framing).filter(|_| text.is_empty());
    let usual = shared.and_then(|index| USUAL.get(index));
    usual.map_or_else(|| framing.wrap(text.heartbeat().line()).into(), Arc::clone)
}
