//! The last bytes of a stream. The last line is no comment: there are clients that do not come back then.

use event_stream::{LAST_LINE, Retry};
use hub_protocol::{Dropped, Reply, encode};

use super::{positions::PositionTracker, subscriber::Subscriber};
use crate::framing::{self, Output};

/// The reconnection time that is left behind when the script has named none, in milliseconds. It is
/// spread up to three times as much, so that clients do not come back all at once.
const RETRY: u32 = 1000;

/// Ends the stream of so many after others, with the time after which its client comes back.
pub(super) fn say_goodbye(stream: &mut Subscriber, number: usize, course: &mut PositionTracker) {
    if let Output::Http(framing) = stream.output
        && !stream.is_ending
    {
        let least = if stream.schedule.shutdown_retry == 0 {
            RETRY
        } else {
            stream.schedule.shutdown_retry
        };
        let spread = u64::from(least) * 2 * (number as u64 % 100) / 100;
        let mut goodbye = Vec::new();
        Retry::from_millis(u64::from(least) + spread).encode_into(&mut goodbye);
        stream.queue.push(framing::wrap(framing, &goodbye).into());
    }
    end(stream, course);
}

/// Ends a stream whose place a younger one has: its client is told so, and where it stood, and is given an id
/// that has the extension tell it not to come back.
pub(super) fn say_dropped(stream: &mut Subscriber, course: &mut PositionTracker) {
    if !stream.is_ending {
        let position = if stream.known.is_complete {
            course.reached(stream.position)
        } else {
            stream.known.position
        };
        // No position comes behind it that would take its id away.
        course.note_told(&mut stream.known, position);
        let bytes = match stream.output {
            Output::Http(framing) => {
                framing::wrap(framing, &Dropped { position: Some(position) }.frame())
            }
            Output::Worker => encode(&Reply::Dropped).unwrap_or_default(),
        };
        stream.queue.push(bytes.into());
    }
    end(stream, course);
}

/// Ends the stream with what is queued, and with its client's position unless it knows that; behind a comment
/// the reconnection time is told again. A reconnection time before the position goes with it: there are clients
/// that take it only with an event.
pub(super) fn end(stream: &mut Subscriber, course: &mut PositionTracker) {
    if !stream.is_ending {
        stream.tell_position(course);
    }
    if let Output::Http(framing) = stream.output
        && !stream.is_ending
    {
        if stream.queue.ends_in_comment() {
            stream.queue.push(framing::wrap(framing, &last_line(stream.schedule.retry)).into());
        }
        stream.queue.push(framing::end(framing).into());
    }
    stream.is_ending = true;
}

fn last_line(retry: u32) -> Vec<u8> {
    if retry == 0 {
        return LAST_LINE.to_vec();
    }
    let mut line = Vec::new();
    Retry::from_millis(retry.into()).encode_into(&mut line);
    line
}
