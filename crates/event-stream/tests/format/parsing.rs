//! The standard's own words and examples, each under every way to cut the stream.

use event_stream::{ParsedEvent, Parser, Retry};

use crate::laws::the_parser_reads_what_the_standard_says;

/// Parses `stream` whole, by the byte, and cut in two at each place; all must agree, with each
/// other and with the naive parser.
pub(crate) fn parse(stream: impl AsRef<[u8]>) -> Vec<ParsedEvent> {
    let stream = stream.as_ref();
    let whole = the_parser_reads_what_the_standard_says([stream]);
    assert_eq!(the_parser_reads_what_the_standard_says(stream.chunks(1)), whole);
    assert_eq!(the_parser_reads_what_the_standard_says(stream.chunks(2)), whole);
    for cut in 0..=stream.len() {
        let (head, tail) = stream.split_at(cut);
        assert_eq!(the_parser_reads_what_the_standard_says([head, tail]), whole);
    }
    whole
}

/// The data of each event, of a stream in which nothing else matters.
pub(crate) fn data(stream: impl AsRef<[u8]>) -> Vec<String> {
    parse(stream).into_iter().map(|event| event.data).collect()
}

pub(crate) fn message(data: &str) -> ParsedEvent {
    ParsedEvent { data: data.to_owned(), event: None, id: None, retry: None }
}

fn last_event_id(stream: &str) -> String {
    parse(stream);
    let mut parser = Parser::new();
    parser.feed(stream.as_bytes(), drop).unwrap();
    parser.last_event_id().to_owned()
}

fn reconnection_time(stream: &str) -> Option<u64> {
    parse(stream);
    let mut parser = Parser::new();
    parser.feed(stream.as_bytes(), drop).unwrap();
    parser.retry().map(Retry::as_millis)
}

#[test]
fn the_introductions_two_line_message_is_one_event() {
    let stream = "data: This is the first message.\n\n\
        data: This is the second message, it\ndata: has two lines.\n\n\
        data: This is the third message.\n\n";
    assert_eq!(
        data(stream),
        [
            "This is the first message.",
            "This is the second message, it\nhas two lines.",
            "This is the third message.",
        ]
    );
}

#[test]
fn the_introductions_named_events_keep_their_types() {
    let stream = "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\n\
        event: add\ndata: 113411\n\n";
    let events: Vec<_> =
        parse(stream).into_iter().map(|event| (event.event.unwrap(), event.data)).collect();
    let expected = [("add", "73857293"), ("remove", "2153"), ("add", "113411")];
    assert_eq!(events, expected.map(|(event, data)| (event.to_owned(), data.to_owned())));
}

#[test]
fn the_stock_example_joins_its_lines() {
    assert_eq!(parse("data: YHOO\ndata: +2\ndata: 10\n\n"), [message("YHOO\n+2\n10")]);
}

#[test]
fn the_four_block_example_sets_and_resets_the_last_event_id() {
    let stream = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\n\
        data:  third event\n\n";
    let id = |id: &str, data| ParsedEvent { id: Some(id.to_owned()), ..message(data) };
    assert_eq!(
        parse(stream),
        [id("1", "first event"), id("", "second event"), message(" third event")]
    );
    assert_eq!(last_event_id(": test stream\n\ndata: first event\nid: 1\n\n"), "1");
    assert_eq!(last_event_id(stream), "");
}

#[test]
fn the_empty_data_example_fires_an_empty_string_and_a_newline() {
    assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
}

#[test]
fn the_space_after_the_colon_example_fires_two_identical_events() {
    assert_eq!(parse("data:test\n\ndata: test\n\n"), [message("test"), message("test")]);
}

#[test]
fn an_unfinished_last_event_is_not_dispatched() {
    for unfinished in ["data: x", "data: x\n", "data: x\r\n", "event: e\nid: 2\ndata: x\n"] {
        assert_eq!(data(format!("data: done\n\n{unfinished}")), ["done"]);
    }
    assert_eq!(last_event_id("id: 1\n\nid: 2\n"), "1");
}

#[test]
fn a_cr_ends_its_line_without_waiting_for_what_follows() {
    let mut parser = Parser::new();
    let mut events = Vec::new();
    parser.feed(b"data: x\r\n\r", |event| events.push(event)).unwrap();
    assert_eq!(events, [message("x")]);
    parser.feed(b"\ndata: y\r\r", |event| events.push(event)).unwrap();
    assert_eq!(events, [message("x"), message("y")]);
}

#[test]
fn an_empty_chunk_between_cr_and_lf_does_not_part_them() {
    let events = the_parser_reads_what_the_standard_says([
        b"data: a\r".as_slice(),
        b"",
        b"\ndata: b\r",
        b"",
        b"",
        b"\r",
    ]);
    assert_eq!(events, [message("a\nb")]);
}

#[test]
fn one_byte_order_mark_at_the_start_is_taken_off() {
    assert_eq!(data("\u{FEFF}data: x\n\n"), ["x"]);
    assert_eq!(data("\u{FEFF}\n\u{FEFF}data: x\ndata: y\n\n"), ["y"]);
    assert_eq!(data("\u{FEFF}\u{FEFF}data: x\ndata: y\n\n"), ["y"]);
    assert_eq!(data("data: \u{FEFF}x\n\n"), ["\u{FEFF}x"]);
}

#[test]
fn a_broken_byte_order_mark_belongs_to_the_first_line() {
    assert_eq!(data(b"\xEFdata: x\ndata: y\n\n"), ["y"]);
    assert_eq!(data(b"\xEF\xBBdata: x\ndata: y\n\n"), ["y"]);
    assert_eq!(data(b"\xEF\xBB\ndata: y\n\n"), ["y"]);
    assert_eq!(data(b"\xEF\xBB\xEF\xBB\xBFdata: x\ndata: y\n\n"), ["y"]);
    assert_eq!(data("data: y\n\n\u{FEFF}"), ["y"]);
}

#[test]
fn an_id_with_nul_is_ignored_and_the_one_before_it_holds() {
    assert_eq!(last_event_id("id: 1\nid: 2\0\n\n"), "1");
    assert_eq!(last_event_id("id: \0\n\n"), "");
}

#[test]
fn an_id_counts_from_the_end_of_its_block_even_without_data() {
    assert_eq!(last_event_id("id: 1\n\n"), "1");
    assert_eq!(last_event_id("id: 1\n"), "");
    assert_eq!(last_event_id("id: 1\n\ndata: x\n\n"), "1");
}

#[test]
fn a_reconnection_time_is_ascii_digits_alone() {
    assert_eq!(reconnection_time("retry: 3000\n"), Some(3000));
    assert_eq!(reconnection_time("retry:0\n"), Some(0));
    assert_eq!(reconnection_time("retry: 007\n"), Some(7));
    assert_eq!(reconnection_time("retry: 18446744073709551615\n"), Some(u64::MAX));
    assert_eq!(reconnection_time(&format!("retry: {}5\n", "0".repeat(50))), Some(5));
    for bogus in
        ["", " ", "x", "10x", "-1", "+1", "1.5", "1e3", " 1", "1 ", "٣", "18446744073709551616"]
    {
        assert_eq!(reconnection_time(&format!("retry: 9\nretry: {bogus}\n")), Some(9), "{bogus:?}");
    }
}

#[test]
fn a_reconnection_time_counts_at_once() {
    let mut parser = Parser::new();
    parser.feed(b"retry: 10\n", drop).unwrap();
    assert_eq!(parser.retry(), Some(Retry::from_millis(10)));
}

#[test]
fn the_last_event_type_of_a_block_counts_and_none_outlives_it() {
    let event = |event: &str| ParsedEvent { event: Some(event.to_owned()), ..message("x") };
    assert_eq!(parse("event: a\nevent: b\ndata: x\n\ndata: x\n\n"), [event("b"), message("x")]);
    assert_eq!(parse("event: a\n\ndata: x\n\n"), [message("x")]);
    assert_eq!(parse("event: a\nevent:\ndata: x\n\n"), [message("x")]);
}

#[test]
fn field_names_are_compared_literally() {
    let stream = "Data: a\nDATA: b\n data: c\ndata : d\ndata\0: e\ndatax: f\ndat: g\n\u{FEFF}data: h\n\
        da\nevents: i\ni: j\nids: k\nretry : 1\ndata: x\n\n";
    assert_eq!(parse(stream), [message("x")]);
}

#[test]
fn a_character_cut_by_chunks_is_put_together_and_an_ill_formed_one_replaced() {
    assert_eq!(data("data: €豆腐🙂\n\n"), ["€豆腐🙂"]);
    assert_eq!(data(b"data: \xE2\x82|\xF0\x9F\x99\n\n"), ["\u{FFFD}|\u{FFFD}"]);
    assert_eq!(data(b"data: \xE2\x82\ndata: \xAC\n\n"), ["\u{FFFD}\n\u{FFFD}"]);
    assert_eq!(data(b"data: \xED\xA0\x80\xC0\xAF\n\n"), ["\u{FFFD}".repeat(5)]);
    let id = ParsedEvent { id: Some("\u{FFFD}".to_owned()), ..message("x") };
    assert_eq!(parse(b"id: \xFF\ndata: x\n\n"), [id]);
}

#[test]
fn a_reset_drops_the_unfinished_event_and_starts_another_stream() {
    let mut parser = Parser::new();
    let mut events = Vec::new();
    let mut push = |event| events.push(event);
    parser
        .feed(b"id: 1\nretry: 5\n\nid: 2\nevent: lost\ndata: lost\ndata: lo\r", &mut push)
        .unwrap();
    parser.reset();
    assert_eq!(parser.last_event_id(), "1");
    assert_eq!(parser.retry(), Some(Retry::from_millis(5)));
    // The first LF would be the other half of a CRLF, and the mark data, had the stream gone on.
    parser.feed("\u{FEFF}data: x\n\n".as_bytes(), &mut push).unwrap();
    parser.reset();
    parser.feed(b"data: a\r", &mut push).unwrap();
    parser.reset();
    parser.feed(b"\ndata: y\n\n", &mut push).unwrap();
    assert_eq!(events, [message("x"), message("y")]);
    assert_eq!(parser.last_event_id(), "1");
}
