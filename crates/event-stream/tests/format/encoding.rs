use event_stream::{Comment, Event, EventId, EventType, Heartbeat, Retry};

use crate::naive;

fn encode(event: Event) -> String {
    let mut out = Vec::new();
    event.encode_into(&mut out);
    String::from_utf8(out).expect("what is encoded is UTF-8")
}

fn encode_data(data: &[u8]) -> String {
    encode(Event { data: Some(data), ..Event::default() })
}

fn encode_comment(comment: &[u8]) -> String {
    encode(Event { comment: Some(comment), ..Event::default() })
}

#[test]
fn fields_stand_in_the_order_comment_id_event_retry_data_and_a_blank_line_ends_them() {
    let event = Event {
        comment: Some(b"note"),
        id: EventId::new(b"7").ok(),
        event: EventType::new(b"tick").ok(),
        retry: Some(Retry::from_millis(1500)),
        data: Some(b"hello"),
    };
    assert_eq!(encode(event), ": note\nid: 7\nevent: tick\nretry: 1500\ndata: hello\n\n");
}

#[test]
fn crlf_lf_and_cr_are_one_line_end_each() {
    assert_eq!(encode_data(b"a\r\nb"), "data: a\ndata: b\n\n");
    assert_eq!(encode_data(b"a\nb"), "data: a\ndata: b\n\n");
    assert_eq!(encode_data(b"a\rb"), "data: a\ndata: b\n\n");
    assert_eq!(encode_data(b"a\n\rb"), "data: a\ndata: \ndata: b\n\n");
    assert_eq!(encode_data(b"a\r\r\nb"), "data: a\ndata: \ndata: b\n\n");
}

#[test]
fn a_line_end_at_either_edge_of_data_is_kept_as_an_empty_line() {
    assert_eq!(encode_data(b"a\n"), "data: a\ndata: \n\n");
    assert_eq!(encode_data(b"a\r\n"), "data: a\ndata: \n\n");
    assert_eq!(encode_data(b"a\r"), "data: a\ndata: \n\n");
    assert_eq!(encode_data(b"\na"), "data: \ndata: a\n\n");
    assert_eq!(encode_data(b"\n\n"), "data: \ndata: \ndata: \n\n");
}

#[test]
fn empty_data_is_one_empty_line_and_no_data_is_none() {
    assert_eq!(encode_data(b""), "data: \n\n");
    let id_only = Event { id: EventId::new(b"7").ok(), ..Event::default() };
    assert_eq!(encode(id_only), "id: 7\n\n");
}

#[test]
fn an_event_without_lines_encodes_to_nothing() {
    assert_eq!(encode(Event::default()), "");
    assert_eq!(encode(Event { event: EventType::new(b"").ok(), ..Event::default() }), "");
}

#[test]
fn the_empty_event_type_is_the_default_and_not_written() {
    let event = Event { event: EventType::new(b"").ok(), data: Some(b"a"), ..Event::default() };
    assert_eq!(encode(event), "data: a\n\n");
}

#[test]
fn the_empty_id_is_written_as_it_resets_the_last_event_id() {
    assert_eq!(encode(Event { id: EventId::new(b"").ok(), ..Event::default() }), "id: \n\n");
}

#[test]
fn spaces_and_colons_at_the_start_of_a_value_survive() {
    assert_eq!(encode_data(b" a\n: b\n:c"), "data:  a\ndata: : b\ndata: :c\n\n");
    assert_eq!(encode_data(b"\tfoo"), "data: \tfoo\n\n");
    let event = EventType::new(b" x").ok();
    assert_eq!(encode(Event { event, ..Event::default() }), "event:  x\n\n");
}

#[test]
fn data_that_looks_like_fields_stays_data() {
    assert_eq!(
        encode_data(b"x\n\nevent: forged\ndata: forged\n\n"),
        "data: x\ndata: \ndata: event: forged\ndata: data: forged\ndata: \ndata: \n\n"
    );
}

#[test]
fn nul_is_data_like_any_other_character() {
    assert_eq!(encode_data(b"a\0b"), "data: a\0b\n\n");
}

#[test]
fn only_the_standards_line_ends_end_a_line() {
    let data = "a\u{85}b\u{2028}c\u{2029}d\u{B}e\u{C}f";
    assert_eq!(encode_data(data.as_bytes()), format!("data: {data}\n\n"));
}

#[test]
fn each_maximal_part_of_an_ill_formed_sequence_becomes_one_replacement_character() {
    // The examples of the Unicode standard, section 3.9, "U+FFFD Substitution of Maximal Subparts".
    let cases: [(&[u8], &str); 6] = [
        (b"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82A", "????????A"),
        (b"\xED\xA0\x80\xED\xBF\xBF\xED\xAFA", "????????A"),
        (b"\xF4\x91\x92\x93\xFFA\x80\xBFB", "?????A??B"),
        (b"\xE1\x80\xE2\xF0\x91\x92\xF1\xBFA", "????A"),
        (b"\xE2\x82\n\xAC", "?\n?"),
        (b"ok \xE2\x82\xAC \xFF", "ok \u{20AC} ?"),
    ];
    for (data, expected) in cases {
        let text = expected.replace('?', "\u{FFFD}");
        let lines = text.replace('\n', "\ndata: ");
        assert_eq!(encode_data(data), format!("data: {lines}\n\n"));
        let naively: String = naive::decode(data).into_iter().collect();
        assert_eq!(naively, text, "the independent decoder agrees");
    }
}

#[test]
fn each_line_of_a_comment_is_a_comment_line() {
    assert_eq!(encode_comment(b"a\r\nb\rc\nd"), ": a\n: b\n: c\n: d\n\n");
    assert_eq!(encode_comment(b"a\n\nb\n"), ": a\n:\n: b\n:\n\n");
    assert_eq!(encode_comment(b""), ":\n\n");
    assert_eq!(encode_comment(b"data: no\0"), ": data: no\0\n\n");
    assert_eq!(encode_comment(b"\xFF"), ": \u{FFFD}\n\n");
}

#[test]
fn a_comment_alone_ends_no_event() {
    let mut out = Vec::new();
    Comment::new(b"one\r\ntwo").encode_into(&mut out);
    assert_eq!(out, b": one\n: two\n");
    out.clear();
    Comment::new(b"").encode_into(&mut out);
    assert_eq!(out, Heartbeat::default().line());
}

#[test]
fn the_largest_reconnection_time_is_written_in_full() {
    let event = Event { retry: Some(Retry::from_millis(u64::MAX)), ..Event::default() };
    assert_eq!(encode(event), "retry: 18446744073709551615\n\n");
}

#[test]
fn encoding_appends_to_what_is_there() {
    let mut out = b": before\n".to_vec();
    Event { data: Some(b"a"), ..Event::default() }.encode_into(&mut out);
    Event { data: Some(b"b"), ..Event::default() }.encode_into(&mut out);
    assert_eq!(out, b": before\ndata: a\n\ndata: b\n\n");
}

#[test]
fn the_length_hint_is_enough_for_one_line_and_for_lines_of_48_bytes() {
    let fields = Event {
        comment: Some(b""),
        id: EventId::new("7".as_bytes()).ok(),
        event: EventType::new("tick".as_bytes()).ok(),
        retry: Some(Retry::from_millis(u64::MAX)),
        data: Some(b""),
    };
    let line = [b'x'; 48].as_slice();
    let lines = [line; 1000].join(&b'\n');
    for text in [b"".as_slice(), b"hello", line, &lines] {
        let event = Event { comment: Some(text), data: Some(text), ..fields };
        assert!(encode(event).len() <= event.encoded_len_hint());
        assert!(event.encoded_len_hint() <= text.len() * 9 / 4 + 60, "it is no waste either");
    }
}

#[test]
fn a_hundred_megabytes_and_a_million_lines_are_encoded_whole() {
    let line = vec![b'x'; 100_000_000];
    assert_eq!(encode_data(&line).len(), "data: \n\n".len() + line.len());
    let line_ends = vec![b'\n'; 1_000_000];
    assert_eq!(encode_data(&line_ends), "data: \n".repeat(1_000_001) + "\n");
}
