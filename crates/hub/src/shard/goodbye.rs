//! The last bytes of a stream. The last line is no comment: there are clients that do not come back then.

use event_stream::{LAST_LINE, Retry};
use hub_protocol::{Dropped, Reply, encode};

use super::positions::PositionTracker;
use super::subscriber::Subscriber;
use crate::output::Output;

/// The reconnection time that clients are told at the hub's end if the script has named none, in milliseconds. It
/// is spread up to three times as much, so that clients do not come back all at once.
const RETRY: u32 = 1000;

/// Ends a stream because the hub ends, and tells its client when to come back: the later, the more subscribers
/// are told before, as `index` says.
pub(super) fn say_goodbye(
    subscriber: &mut Subscriber,
    index: usize,
    positions: &mut PositionTracker,
) {
    if let Output::Http(framing) = subscriber.output
        && !subscriber.is_ending
    {
        let wanted = subscriber.schedule.shutdown_retry;
        let least = if wanted == 0 { RETRY } else { wanted };
        let spread = u64::from(least) * 2 * (index as u64 % 100) / 100;
        let mut goodbye = Vec::new();
        Retry::from_millis(u64::from(least) + spread).encode_into(&mut goodbye);
        subscriber.queue.push(framing.wrap(&goodbye).into());
    }
    end(subscriber, positions);
}

/// Ends a stream whose lease a younger one has: its client is told so, and its position, with an id that has the
/// extension tell it not to come back.
pub(super) fn say_dropped(subscriber: &mut Subscriber, positions: &mut PositionTracker) {
    if !subscriber.is_ending {
        let position = if subscriber.known.is_complete {
            positions.reached(subscriber.position)
        } else {
            subscriber.known.position
        };
        // No position comes behind it that would take its id away.
        positions.note_told(&mut subscriber.known, position);
        let bytes = match subscriber.output {
            Output::Http(framing) => framing.wrap(&Dropped { position: Some(position) }.frame()),
            Output::Worker => encode(&Reply::Dropped).unwrap_or_default(),
        };
        subscriber.queue.push(bytes.into());
    }
    end(subscriber, positions);
}

/// Ends a stream with what is queued, and with its client's position unless it knows that; behind a comment
/// the reconnection time is told again. A reconnection time before the position goes with it: there are clients
/// that take it only with an event.
pub(super) fn end(subscriber: &mut Subscriber, positions: &mut PositionTracker) {
    if subscriber.is_ending {
        return;
    }
    subscriber.queue_position(positions);
    if let Output::Http(framing) = subscriber.output {
        if subscriber.queue.ends_in_comment() {
            let line = last_line(subscriber.schedule.retry);
            subscriber.queue.push(framing.wrap(&line).into());
        }
        subscriber.queue.push(framing.end().into());
    }
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
