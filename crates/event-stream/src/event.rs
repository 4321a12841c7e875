//! One event, as its sender writes it: id, type, retry, data, comment.

use crate::encode::{push_data, push_field};
use crate::field::{Comment, EventId, EventType, Retry};

/// The fields of one block of an event stream (WHATWG HTML, 9.2.5 "Parsing an event stream").
///
/// Each is optional, and only a block with `data` is dispatched by the client: one with an `id` or
/// a `retry` alone sets the client's last event ID or reconnection time, and one with a `comment`
/// alone does nothing. But many clients dispatch an empty message at every blank line: what is not meant as
/// an event is better written as a line, by [`Comment::encode_into`] and [`Retry::encode_into`].
///
/// ```
/// use event_stream::{Event, EventId};
///
/// # fn main() -> Result<(), event_stream::FieldError> {
/// let mut stream = Vec::new();
/// Event { id: Some(EventId::new(b"9")?), ..Event::default() }.encode_into(&mut stream);
/// assert_eq!(stream, b"id: 9\n\n");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Event<'a> {
    /// Any bytes, written as a [`Comment`].
    pub comment: Option<&'a [u8]>,
    /// The client's last event ID from this event on.
    pub id: Option<EventId<'a>>,
    /// The type under which the client dispatches the event; `None` and the empty type mean `message`.
    pub event: Option<EventType<'a>>,
    /// The client's reconnection time from now on.
    pub retry: Option<Retry>,
    /// Any bytes. CRLF, LF and CR are one line end each, and reach the client as LF; what is not
    /// UTF-8 reaches it as U+FFFD. Empty data is dispatched, as the empty string.
    pub data: Option<&'a [u8]>,
}

impl Event<'_> {
    /// Appends the event's lines (comment, id, event, retry, data) and the blank line that ends
    /// it; nothing at all if it has no lines. `out` must end at a line start.
    ///
    /// It cannot fail, and takes time linear in the bytes.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        out.reserve(self.encoded_len_hint());
        let start = out.len();
        if let Some(comment) = self.comment {
            Comment::new(comment).encode_into(out);
        }
        if let Some(id) = self.id {
            push_field(out, "id: ", id.as_str());
        }
        if let Some(event) = self.event.filter(|event| !event.as_str().is_empty()) {
            push_field(out, "event: ", event.as_str());
        }
        if let Some(retry) = self.retry {
            retry.encode_into(out);
        }
        if let Some(data) = self.data {
            push_data(out, data);
        }
        if out.len() > start {
            out.push(b'\n');
        }
    }

    /// About how many bytes [`encode_into`](Self::encode_into) appends, found without looking at
    /// them. It is enough for UTF-8 in one line, and in lines of 48 bytes or more.
    #[must_use]
    pub fn encoded_len_hint(&self) -> usize {
        const NAMES_AND_LINE_ENDS: usize = ": \nid: \nevent: \nretry: \ndata: \n\n".len() + 20;
        let text = |bytes: Option<&[u8]>| bytes.map_or(0, |bytes| bytes.len() + bytes.len() / 8);
        NAMES_AND_LINE_ENDS
            + text(self.comment)
            + self.id.map_or(0, |id| id.as_str().len())
            + self.event.map_or(0, |event| event.as_str().len())
            + text(self.data)
    }
}
