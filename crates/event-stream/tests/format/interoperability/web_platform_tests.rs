//! The web platform tests: `eventsource/format-*`, `event-data`.

use event_stream::{ParsedEvent, Parser, Retry};

use super::{identified, typed};
use crate::parsing::{data, message, parse};

#[test]
fn event_data() {
    let stream = "data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\n\
        data\n\ndata:end\n\n";
    assert_eq!(data(stream), ["msg\nmsg", "", "end"]);
}

#[test]
fn format_bom() {
    assert_eq!(data("\u{FEFF}data:1\n\n\u{FEFF}data:2\n\ndata:3\n\n"), ["1", "3"]);
}

#[test]
fn format_bom_2() {
    assert_eq!(data("\u{FEFF}\u{FEFF}data:1\n\ndata:2\n\ndata:3\n\n"), ["2", "3"]);
}

#[test]
fn format_comments() {
    let long = "x".repeat(200);
    let stream =
        format!("data:1\r:\0\n:\r\ndata:2\n:{long}\rdata:3\n:data:fail\r:{long}\ndata:4\n\n");
    assert_eq!(data(stream), ["1\n2\n3\n4"]);
}

#[test]
fn format_data_before_final_empty_line() {
    let mut parser = Parser::new();
    let mut events = Vec::new();
    parser.feed(b"retry:1000\ndata:test1\n\nid:test\ndata:test2", |e| events.push(e)).unwrap();
    parser.reset();
    assert_eq!(events, [ParsedEvent { retry: Some(Retry::from_millis(1000)), ..message("test1") }]);
    assert_eq!(parser.last_event_id(), "", "the ID of the lost event is lost with it");
}

#[test]
fn format_field_data() {
    assert_eq!(data("data:\n\ndata\ndata\n\ndata:test\n\n"), ["", "\n", "test"]);
}

#[test]
fn format_field_event() {
    assert_eq!(parse("event:test\ndata:x\n\ndata:x\n\n"), [typed("test", "x"), message("x")]);
}

#[test]
fn format_field_event_empty() {
    assert_eq!(parse("event: \ndata:data\n\n"), [message("data")]);
}

#[test]
fn format_field_id() {
    assert_eq!(parse("id:…\ndata:hello\n\n"), [identified("…", "hello")]);
}

#[test]
fn format_field_id_persists_changes_and_resets() {
    let mut parser = Parser::new();
    let mut last_event_id_after = |chunk: &str| {
        parser.feed(chunk.as_bytes(), drop).unwrap();
        parser.last_event_id().to_owned()
    };
    assert_eq!(last_event_id_after("id: 1\ndata: 1\n\n"), "1");
    assert_eq!(last_event_id_after("data: 2\n\n"), "1");
    assert_eq!(last_event_id_after("id: 2\ndata: 3\n\n"), "2");
    assert_eq!(last_event_id_after("data: 4\n\n"), "2");
    assert_eq!(last_event_id_after("id:\ndata: 5\n\n"), "");
    assert_eq!(last_event_id_after("data: 6\n\n"), "");
}

#[test]
fn format_field_id_null() {
    assert_eq!(parse("id:\0\0\ndata:hello\n\n"), [message("hello")]);
}

#[test]
fn format_field_parsing() {
    let stream = "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\n\
        data:3\rdata:\r\n data:32\ndata:4\n\n";
    assert_eq!(data(stream), ["\0\n 2\n1\n3\n\n4"]);
}

#[test]
fn format_field_retry_and_its_bogus_and_empty_forms() {
    let retry = |ms| ParsedEvent { retry: Some(Retry::from_millis(ms)), ..message("x") };
    assert_eq!(parse("retry:03000\ndata:x\n\n"), [retry(3000)]);
    assert_eq!(parse("retry:3000\nretry:1000x\ndata:x\n\n"), [retry(3000)]);
    assert_eq!(parse("retry\ndata:x\n\n"), [message("x")]);
}

#[test]
fn format_field_unknown() {
    let stream = "data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\n\
        data:test\n\n";
    assert_eq!(data(stream), ["test\n\ntest"]);
}

#[test]
fn format_leading_space() {
    assert_eq!(data("data:\ttest\rdata: \ndata:test\n\n"), ["\ttest\n\ntest"]);
}

#[test]
fn format_newlines() {
    assert_eq!(data("data:test\r\ndata\ndata:test\r\n\r"), ["test\n\ntest"]);
}

#[test]
fn format_null_character() {
    assert_eq!(data("data:\0\n\n\n\n"), ["\0"]);
}

#[test]
fn format_utf_8() {
    assert_eq!(data("data:ok…\n\n"), ["ok…"]);
}
