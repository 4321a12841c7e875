use event_stream::{EventId, EventType, FieldError, Retry};

#[test]
fn a_cr_or_lf_anywhere_is_a_line_break_and_refused() {
    for value in ["\n", "\r", "\r\n", "a\nb", "\ra", "a\r", "a\n\0", "a\u{85}\n"] {
        assert_eq!(EventType::new(value.as_bytes()), Err(FieldError::LineBreak), "{value:?}");
        assert_eq!(EventId::new(value.as_bytes()), Err(FieldError::LineBreak), "{value:?}");
    }
}

#[test]
fn a_nul_anywhere_is_refused() {
    for value in ["\0", "a\0b", "\0a", "a\0", "a\0\n"] {
        assert_eq!(EventType::new(value.as_bytes()), Err(FieldError::Nul), "{value:?}");
        assert_eq!(EventId::new(value.as_bytes()), Err(FieldError::Nul), "{value:?}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    let overlong_slash = b"\xC0\xAF".as_slice();
    let surrogate = b"\xED\xA0\x80".as_slice();
    let cut_off = b"a\xE2\x82".as_slice();
    for value in [b"\xFF".as_slice(), overlong_slash, surrogate, cut_off] {
        assert_eq!(EventType::new(value), Err(FieldError::InvalidUtf8), "{value:?}");
        assert_eq!(EventId::new(value), Err(FieldError::InvalidUtf8), "{value:?}");
    }
}

#[test]
fn every_other_text_is_a_value_and_kept_as_it_is() {
    // U+0085, U+2028 and U+2029 end lines elsewhere, but not in an event stream.
    for value in ["", " ", "message", ": ", "€豆腐", "\u{FEFF}", "\u{85}\u{2028}\u{2029}\t\u{1b}"]
    {
        assert_eq!(EventType::new(value.as_bytes()).map(EventType::as_str), Ok(value));
        assert_eq!(EventId::new(value.as_bytes()).map(EventId::as_str), Ok(value));
    }
}

#[test]
fn a_refusal_says_what_the_value_must_be() {
    assert_eq!(FieldError::LineBreak.to_string(), "must not contain line breaks");
    assert_eq!(FieldError::Nul.to_string(), "must not contain any null bytes");
    assert_eq!(FieldError::InvalidUtf8.to_string(), "must be valid UTF-8");
}

#[test]
fn a_reconnection_time_is_in_milliseconds() {
    assert_eq!(Retry::from_millis(2500).as_millis(), 2500);
}
