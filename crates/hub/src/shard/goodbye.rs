//! The last bytes of a stream: a reconnection time, a position, an end that is no comment.
//!
//! Some clients do not reconnect if the last line is a comment.

use event_stream::{LAST_LINE, Retry};
use hub_protocol::{Dropped, Reply, encode};

use super::positions::PositionTracker;
use super::subscriber::Subscriber;
use crate::output::Output;

/// The reconnection time that clients are sent when the hub ends and the script has set none, in milliseconds. It is
/// spread over up to three times as much, so that clients do not all reconnect at once.
const RETRY: u32 = 1000;

/// Ends a stream because the hub ends, and sends its client a reconnection time, which grows with `index`, the number
/// of subscribers before.
pub(super) fn send_goodbye(
    subscriber: &mut Subscriber,
    index: usize,
    positions: &mut PositionTracker,
) {
    if !subscriber.is_ending {
        let wanted = subscriber.schedule.shutdown_retry;
        let least = if wanted == 0 { RETRY } else { wanted };
        let spread = u64::from(least) * 2 * (index as u64 % 100) / 100;
        let mut goodbye = Vec::new();
        Retry::from_millis(u64::from(least) + spread).encode_into(&mut goodbye);
        subscriber.push_text(&goodbye);
    }
    end(subscriber, positions);
}

/// Ends a stream whose lease was dropped for a younger one: its client gets `sse:dropped` with its position, and an
/// id for which the extension refuses its reconnection.
pub(super) fn send_dropped(subscriber: &mut Subscriber, positions: &mut PositionTracker) {
    if !subscriber.is_ending {
        let position = if subscriber.known.is_complete {
            positions.reached(subscriber.position)
        } else {
            subscriber.known.position
        };
        // So that no position follows, which would replace the id.
        positions.note_sent(&mut subscriber.known, position);
        match subscriber.output {
            Output::Http { .. } => {
                subscriber.push_text(&Dropped { position: Some(position) }.frame());
            }
            Output::Worker => {
                let reply = encode(&Reply::Dropped).unwrap_or_default();
                subscriber.queue.push(reply.into());
            }
        }
    }
    end(subscriber, positions);
}

/// Ends a stream with what is queued, and with its client's position unless it knows that; behind a comment the
/// reconnection time is repeated. A reconnection time before the position goes with it, as some clients take it only
/// with an event.
pub(super) fn end(subscriber: &mut Subscriber, positions: &mut PositionTracker) {
    if subscriber.is_ending {
        return;
    }
    subscriber.queue_position(positions);
    if subscriber.queue.ends_in_comment() {
        subscriber.push_text(&last_line(subscriber.schedule.retry));
    }
    subscriber.push_end();
    subscriber.is_ending = true;
}

fn last_line(retry: u32) -> Vec<u8> {
    if retry == 0 {
        return LAST_LINE.to_vec();
    }
    let mut line = Vec::new();
    Retry::from_millis(retry.into()).encode_into(&mut line);
    line
}
