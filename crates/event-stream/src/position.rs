//! The event that tells a client where it is.

use crate::encode::{push_data, push_field};
use crate::field::{EventId, EventType, Retry};

/// The event that tells a client where it is: an id, under a type that nobody listens for. A stream begins with it
/// whose client comes back, with the last event ID that it brought.
///
/// `WebKit` keeps what it has of an event whose connection is cut, and puts the first lines of the next
/// connection behind it. This event takes that up, so that the first real one comes whole; and the client's
/// last event ID is left as it was. It is an event that is dispatched, as Firefox and `WebKit` keep no id of a
/// block that is not. The data is not empty, or it would not be dispatched, and is JSON, which
/// is what most clients expect.
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
    /// The reconnection time, if there is one to tell.
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
