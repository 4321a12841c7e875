//! The last event of a stream that a limit has closed in favour of a younger one.

use event_stream::{Event, EventType};

use crate::id::EventId;

/// The event `sse:dropped`. Its id makes the client's reconnection end in a 204: otherwise the client would come back
/// and drop the younger stream in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// The client's last event ID, if it is known.
    pub position: Option<EventId>,
}

impl Dropped {
    /// The event's type, and its id.
    pub const NAME: &str = "sse:dropped";

    /// Returns the event's data: the id from which a page can resume, should its user want it to.
    #[must_use]
    pub fn data(self) -> String {
        match self.position {
            Some(id) => format!(r#"{{"lastEventId":"{id}"}}"#),
            None => r#"{"lastEventId":null}"#.to_owned(),
        }
    }

    /// Encodes the event for an event stream. All browsers take its id, because it has data.
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
