//! The tests of the npm package `eventsource-parser`.

use event_stream::{ParsedEvent, Parser, Retry};

use super::{identified, typed};
use crate::laws::the_parser_reads_what_the_standard_says;
use crate::parsing::{data, message, parse};

#[test]
fn unnamed_events_and_then_a_named_one() {
    let stream = "data: 0\n\ndata: 1\n\nevent: done\ndata: ✔\n\n";
    assert_eq!(parse(stream), [message("0"), message("1"), typed("done", "✔")]);
}

#[test]
fn identified_events_with_a_reconnection_time_each() {
    let event = |id: &str| ParsedEvent {
        event: Some("tick".to_owned()),
        id: Some(id.to_owned()),
        retry: Some(Retry::from_millis(50)),
        data: id.to_owned(),
    };
    let stream = "retry: 50\nid: 1337\nevent: tick\ndata: 1337\n\n\
        retry: 50\nid: 1338\nevent: tick\ndata: 1338\n\n";
    assert_eq!(parse(stream), [event("1337"), event("1338")]);
}

#[test]
fn heartbeat_comments_between_events() {
    assert_eq!(data(": ♥\n\ndata: A\n\n: ♥\n\ndata: B\n\n: ♥\n"), ["A", "B"]);
}

#[test]
fn events_of_several_lines_one_line_to_a_chunk() {
    let chunks = ["event: stock\n", "data: YHOO\n", "data: +2\n", "data: 10\n\n"];
    assert_eq!(
        the_parser_reads_what_the_standard_says(chunks.map(str::as_bytes)),
        [typed("stock", "YHOO\n+2\n10")]
    );
}

#[test]
fn multi_byte_text_after_empty_lines() {
    let stream = "\n\n\n\nid: 1\ndata: 我現在都看實況不玩遊戲\n\n";
    assert_eq!(parse(stream), [identified("1", "我現在都看實況不玩遊戲")]);
}

#[test]
fn byte_order_marks_in_several_places() {
    let stream = "\u{FEFF}data: bomful 1\n\n\u{FEFF}data: bomful 2\n\ndata: bomless 3\n\n";
    assert_eq!(data(stream), ["bomful 1", "bomless 3"]);
    assert_eq!(data("\u{FEFF}data: first\ndata: second\n\n"), ["first\nsecond"]);
}

#[test]
fn carriage_returns_line_feeds_and_both() {
    assert_eq!(data("data: dog\rdata: bark\r\rdata: cat\r\r"), ["dog\nbark", "cat"]);
    assert_eq!(data("data: cow\ndata: moo\n\ndata: horse\n\n"), ["cow\nmoo", "horse"]);
    assert_eq!(
        data("data: sheep\r\ndata: bleat\r\n\r\ndata: pig\r\n\r\n"),
        ["sheep\nbleat", "pig"]
    );
}

#[test]
fn odd_uses_of_comments() {
    let stream = format!(
        ": Hello\n\n{}\ndata: 1\n\n: Первый: 第二\ndata: 2\n\n: Moop \n: Moop \n: ثالث\n\
        data: 3\n\n:നാലാമത്തെ\ndata: 4\n\n",
        ":".repeat(100)
    );
    assert_eq!(data(stream), ["1", "2", "3", "4"]);
}

#[test]
fn comments_with_every_line_end_and_an_event_that_never_ends() {
    let long = "x".repeat(200);
    let stream = format!(
        "data:1\r\r:\0\n:\r\ndata:2\n\n:{long}\rdata:3\n\n:data:fail\r:{long}\ndata:4\n\ndata:5"
    );
    assert_eq!(data(stream), ["1", "2", "3", "4"]);
}

#[test]
fn an_empty_event_field_alone_is_no_event() {
    let stream = "event:\ndata: Hello 1\n\nevent:\n\nevent: done\ndata: ✔\n\n";
    assert_eq!(parse(stream), [message("Hello 1"), typed("done", "✔")]);
}

#[test]
fn an_empty_retry_field_is_ignored() {
    let stream = "id: 1\nretry: 500\ndata: 🥌\n\nid:2\nretry:\ndata:🧹\n\nid: 3\ndata: ✅\n\n";
    let first = ParsedEvent { retry: Some(Retry::from_millis(500)), ..identified("1", "🥌") };
    assert_eq!(parse(stream), [first, identified("2", "🧹"), identified("3", "✅")]);
}

#[test]
fn partly_incorrect_retry_fields_are_ignored() {
    let retry = |ms, data| ParsedEvent { retry: Some(Retry::from_millis(ms)), ..message(data) };
    assert_eq!(parse("retry:1000\nretry:2000x\ndata:x\n\n"), [retry(1000, "x")]);
    let stream = "\nretry: 500\n\ndata: first\n\nretry: 50x\n\ndata: second\n\n";
    assert_eq!(parse(stream), [message("first"), message("second")]);
}

#[test]
fn an_id_with_null_leaves_the_one_before_it_in_the_same_block() {
    assert_eq!(parse("id: 123\nid: bad\0id\ndata: hello\n\n"), [identified("123", "hello")]);
}

#[test]
fn an_id_from_a_block_without_data_counts_when_the_block_ends() {
    for line_end in ["\n", "\r", "\r\n"] {
        let mut parser = Parser::new();
        let mut last_event_id_after = |chunk: String| {
            parser.feed(chunk.as_bytes(), |_| panic!("no data, no event")).unwrap();
            parser.last_event_id().to_owned()
        };
        assert_eq!(last_event_id_after(format!("id: 42{line_end}")), "");
        assert_eq!(last_event_id_after(line_end.to_owned()), "42");
        assert_eq!(last_event_id_after(format!("id: bad\0id{line_end}{line_end}")), "42");
        assert_eq!(last_event_id_after(format!("id:{line_end}{line_end}")), "");
    }
}

#[test]
fn an_error_page_instead_of_a_stream_is_no_event() {
    assert_eq!(parse(r#"{"error":"Internal Server Error","message":"could not"}"#), []);
    assert_eq!(parse("{\"error\":\"Internal Server Error\"}\nWell, not expected\n\n"), []);
}

#[test]
fn a_crlf_cut_by_chunks_is_one_line_end_also_after_a_comment_or_a_bare_name() {
    let in_chunks = |chunks: &[&str]| -> Vec<String> {
        let chunks = chunks.iter().map(|chunk| chunk.as_bytes());
        let events = the_parser_reads_what_the_standard_says(chunks);
        events.into_iter().map(|event| event.data).collect()
    };
    assert_eq!(in_chunks(&["data: A\r\n", "data: B\r", "\n", "data: C\r\n", "\n"]), ["A\nB\nC"]);
    assert_eq!(in_chunks(&["data: 1\n:", "ignored\r\ndata: 2\n\n"]), ["1\n2"]);
    assert_eq!(in_chunks(&["data: 1\n:", "ignored\r", "\ndata: 2\n\n"]), ["1\n2"]);
    assert_eq!(in_chunks(&["data: 1\n:", "ignored\r", "data: 2\n\n"]), ["1\n2"]);
    assert_eq!(in_chunks(&["data: 1\n:ignored\r", "data: 2\n\n"]), ["1\n2"]);
    assert_eq!(in_chunks(&["data: 1\n:ignored\r", "\ndata: 2\n\n"]), ["1\n2"]);
    assert_eq!(in_chunks(&["data: 1\ndata\r", "\ndata: 2\n\n"]), ["1\n\n2"]);
    assert_eq!(in_chunks(&["garbage\r", "data: ok\n\n"]), ["ok"]);
    assert_eq!(in_chunks(&["data: 1\r", "\r", "\n"]), ["1"]);
}
