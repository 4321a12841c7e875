//! What a client is told whose stream has made room for a younger one.

use event_stream::{Event, EventType};

use crate::id::EventId;

/// The last event of such a stream, whose id brings its client no more than a 204: it must not drop the
/// other one in its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Where the client stood, if that is known.
    pub position: Option<EventId>,
}

impl Dropped {
    /// The event's type, and its id.
    pub const NAME: &str = "sse:dropped";

    /// The event's data: where a page can go on from, should its user want it to.
    #[must_use]
    pub fn data(self) -> String {
        match self.position {
            Some(id) => format!(r#"{{"lastEventId":"{id}"}}"#),
            None => r#"{"lastEventId":null}"#.to_owned(),
        }
    }

    /// The event as it stands in an event stream. All browsers take its id, for it has data.
    #[must_use]
    pub fn frame(self) -> Vec<u8> {
        let (data, mut frame) = (self.data(), Vec::new());
        Event {
            id: event_stream::EventId::new(Self::NAME.as_bytes()).ok(),
            event: EventType::new(Self::NAME.as_bytes()).ok(),
            data: Some(data.as_bytes()),
            ..Event::default()
        }
        .encode_into(&mut frame);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_where_it_stood_under_an_id_that_is_no_position() {
        let position = Some(EventId { milliseconds: 5, sequence: 1 });
        let expected = b"id: sse:dropped\nevent: sse:dropped\ndata: {\"lastEventId\":\"5-1\"}\n\n";
        let frame = Dropped { position }.frame();
        assert_eq!(String::from_utf8_lossy(&frame), String::from_utf8_lossy(expected));
        assert_eq!(Dropped { position: None }.data(), "{\"lastEventId\":null}");
        assert!(Dropped::NAME.parse::<EventId>().is_err());
    }
}
