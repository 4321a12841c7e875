//! The position event: gives a client its last event ID again when it reconnects.

use crate::encode::{push_data, push_field};
use crate::field::{EventId, EventType, Retry};

/// An event that carries an id, under a type that nobody listens for. A stream begins with it when its client has
/// reconnected, and the id is the last event ID that the client sent.
///
/// `WebKit` keeps the lines of an event whose connection was cut, and puts the first lines of the next connection
/// behind them. This event absorbs those lines, so that the first real event arrives whole; and it leaves the
/// client's last event ID as it was. It has to be dispatched, as Firefox and `WebKit` keep no id of a block that is
/// not; so its data is not empty. The data is JSON, which most clients expect.
///
/// ```
/// use event_stream::{EventId, Position};
///
/// # fn main() -> Result<(), event_stream::FieldError> {
/// let mut stream = b":\n".to_vec();
/// Position { id: EventId::new(b"41-7")?, retry: None }.encode_into(&mut stream);
/// assert_eq!(stream, b":\nevent: sse:position\nid: 41-7\ndata: {}\n\n");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position<'a> {
    /// The client's last event ID.
    pub id: EventId<'a>,
    /// The reconnection time, if one is set.
    pub retry: Option<Retry>,
}

impl Position<'_> {
    /// Appends the event. `out` must end at a line start.
    pub fn encode_into(self, out: &mut Vec<u8>) {
        push_field(out, "event: ", EventType::POSITION.as_str());
        push_field(out, "id: ", self.id.as_str());
        if let Some(retry) = self.retry {
            retry.encode_into(out);
        }
        push_data(out, b"{}");
        out.push(b'\n');
    }
}
