//! Checks the last event ID that a client sends.

/// The longest id that is accepted from a client, in bytes.
pub const LAST_EVENT_ID_MAX_BYTES: usize = 4096;

/// Returns the last event ID that a client claims, or `None` if it cannot be an id of ours: not UTF-8, too long, or
/// with a control character. The empty id is the standard's "none yet".
///
/// Source: WHATWG HTML, 9.2.4 (the `Last-Event-ID` header).
#[must_use]
pub fn last_event_id(claimed: &[u8]) -> Option<&str> {
    if claimed.is_empty() || claimed.len() > LAST_EVENT_ID_MAX_BYTES {
        return None;
    }
    std::str::from_utf8(claimed).ok().filter(|id| !id.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_as_it_is() {
        assert_eq!(last_event_id(b"0"), Some("0"));
        assert_eq!(
            last_event_id(" 1526919030474-55 é<>".as_bytes()),
            Some(" 1526919030474-55 é<>")
        );
    }

    #[test]
    fn what_cannot_be_an_id_is_none() {
        for bad in
            [b"".as_slice(), b"a\nb", b"a\rb", b"a\0b", b"\x7f", b"\xff", "\u{85}".as_bytes()]
        {
            assert_eq!(last_event_id(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_id_is_capped_at_4_kib() {
        assert!(last_event_id(&[b'x'; LAST_EVENT_ID_MAX_BYTES]).is_some());
        assert!(last_event_id(&[b'x'; LAST_EVENT_ID_MAX_BYTES + 1]).is_none());
    }
}
