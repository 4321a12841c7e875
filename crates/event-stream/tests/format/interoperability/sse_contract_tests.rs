//! The contract tests that `LaunchDarkly` holds its clients to.

use event_stream::{ParsedEvent, Parser};

use super::{identified, typed};
use crate::laws::the_parser_reads_what_the_standard_says;
use crate::parsing::{data, message, parse};

#[test]
fn one_or_two_messages_in_one_or_two_chunks() {
    assert_eq!(data("data: Hello\n\n"), ["Hello"]);
    assert_eq!(data("data: Hello\n\ndata: World\n\n"), ["Hello", "World"]);
    assert_eq!(data("data: Hello\ndata:World\n\n"), ["Hello\nWorld"]);
    assert_eq!(data("data:\n\n"), [""]);
}

#[test]
fn type_and_id_in_any_order() {
    let both = ParsedEvent { event: Some("greeting".to_owned()), ..identified("abc", "Hello") };
    assert_eq!(parse("event: greeting\ndata: Hello\n\n"), [typed("greeting", "Hello")]);
    assert_eq!(parse("id: abc\ndata: Hello\n\n"), [identified("abc", "Hello")]);
    assert_eq!(parse("event: greeting\nid: abc\ndata: Hello\n\n"), std::slice::from_ref(&both));
    assert_eq!(parse("data: Hello\nid: abc\nevent: greeting\n\n"), [both]);
}

#[test]
fn an_id_with_a_null_in_it_is_ignored() {
    assert_eq!(parse("id: a\0bc\ndata: Hello\n\n"), [message("Hello")]);
}

#[test]
fn an_unknown_field_is_ignored() {
    assert_eq!(
        parse("event: greeting\ncolor: blue\ndata: Hello\n\n"),
        [typed("greeting", "Hello")]
    );
}

#[test]
fn no_space_one_space_and_more_after_the_colon() {
    assert_eq!(parse("event:greeting\ndata:Hello\n\n"), [typed("greeting", "Hello")]);
    assert_eq!(parse("event:  greeting\ndata:  Hello\n\n"), [typed(" greeting", " Hello")]);
}

#[test]
fn a_field_with_no_colon_is_empty() {
    assert_eq!(data("data\n\ndata\ndata\n\n"), ["", "\n"]);
}

#[test]
fn multi_byte_characters_also_in_single_byte_pieces() {
    assert_eq!(data("data: €豆腐\n\n"), ["€豆腐"]);
}

#[test]
fn many_messages_come_in_order() {
    let expected: Vec<_> = (0..100).map(|n| format!("message {n}")).collect();
    let stream = format!("data: {}\n\n", expected.join("\n\ndata: "));
    let mut parser = Parser::new();
    let mut received = Vec::new();
    parser.feed(stream.as_bytes(), |event| received.push(event.data)).unwrap();
    assert_eq!(received, expected);
}

#[test]
fn byte_order_mark() {
    let both = ParsedEvent { event: Some("greeting".to_owned()), ..identified("abc", "Hello") };
    assert_eq!(data("\u{FEFF}data: Hello\n\n"), ["Hello"]);
    assert_eq!(parse("\u{FEFF}event: greeting\nid: abc\ndata: Hello\n\n"), [both]);
    assert_eq!(data("\u{FEFF}data: First\n\ndata: Second\n\n"), ["First", "Second"]);
    assert_eq!(data("data: 1\n\ndata: \u{FEFF}2\n\n"), ["1", "\u{FEFF}2"]);
    assert_eq!(data("\u{FEFF}data: \u{FEFF}Hello\n\n"), ["\u{FEFF}Hello"]);
    assert_eq!(data("\u{FEFF}data: Line1\ndata: Line2\n\n"), ["Line1\nLine2"]);
    assert_eq!(data("\u{FEFF}:comment\ndata: Hello\n\n"), ["Hello"]);
    assert_eq!(data("\u{FEFF}data:\n\n"), [""]);
}

#[test]
fn comments_before_after_and_between() {
    assert_eq!(data(":Hello\n:World\n"), [""; 0]);
    assert_eq!(data(":Hello\ndata: Hello\n\n:Hello\n"), ["Hello"]);
}

#[test]
fn empty_lines_in_data_and_between_events_with_each_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let with = |stream: &str| data(stream.replace('\n', end));
        assert_eq!(with("data: event 1\n\n"), ["event 1"]);
        assert_eq!(with("data: 1\n\ndata: 2a\ndata: 2b\n\n"), ["1", "2a\n2b"]);
        assert_eq!(with("data:\ndata: line2\ndata: line3\n\n"), ["\nline2\nline3"]);
        assert_eq!(with("data: line1\ndata:\ndata: line3\n\n"), ["line1\n\nline3"]);
        assert_eq!(with("data: 1\n\n\ndata: 2\n\n"), ["1", "2"]);
        assert_eq!(with("data: 1\n\n\n\ndata: 2\n\n"), ["1", "2"]);
    }
}

#[test]
fn crlf_with_the_cr_at_the_end_of_a_chunk() {
    let chunks = ["data: Hello\r", "\ndata: World\r", "\n\r\ndata: OK\r", "\n", "\r", "\n"];
    assert_eq!(
        the_parser_reads_what_the_standard_says(chunks.map(str::as_bytes)),
        [message("Hello\nWorld"), message("OK")]
    );
}

#[test]
fn payloads_around_the_buffer_sizes_of_other_runtimes() {
    for size in [1, 1023, 1024, 1025, 4094, 4096, 4098, 8189, 8192, 8195, 65536, 1_048_576] {
        let payload = "x".repeat(size);
        for chunk_size in [1024, 4096, 8192, usize::MAX] {
            let stream = format!("data: {payload}\n\n");
            let mut parser = Parser::new();
            let mut received = Vec::new();
            for chunk in stream.as_bytes().chunks(chunk_size) {
                parser.feed(chunk, |event| received.push(event.data)).unwrap();
            }
            assert!(received == [&*payload], "{size} bytes in chunks of {chunk_size}");
        }
    }
}
