//! What other implementations of the standard test themselves with, case by case in our own words:
//! the web platform tests (`eventsource/format-*`, `event-data`), the tests of the npm package
//! `eventsource-parser`, and the contract tests that `LaunchDarkly` holds its clients to. The streams
//! run whole, by the byte, and cut at each place.

use event_stream::{ParsedEvent, Parser, Retry};

use crate::laws::the_parser_reads_what_the_standard_says;
use crate::parsing::{data, message, parse};

fn typed(event: &str, data: &str) -> ParsedEvent {
    ParsedEvent { event: Some(event.to_owned()), ..message(data) }
}

fn identified(id: &str, data: &str) -> ParsedEvent {
    ParsedEvent { id: Some(id.to_owned()), ..message(data) }
}

mod web_platform_tests {
    use super::*;

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
        assert_eq!(
            events,
            [ParsedEvent { retry: Some(Retry::from_millis(1000)), ..message("test1") }]
        );
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
}

mod eventsource_parser {
    use super::*;

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
        assert_eq!(
            in_chunks(&["data: A\r\n", "data: B\r", "\n", "data: C\r\n", "\n"]),
            ["A\nB\nC"]
        );
        assert_eq!(in_chunks(&["data: 1\n:", "ignored\r\ndata: 2\n\n"]), ["1\n2"]);
        assert_eq!(in_chunks(&["data: 1\n:", "ignored\r", "\ndata: 2\n\n"]), ["1\n2"]);
        assert_eq!(in_chunks(&["data: 1\n:", "ignored\r", "data: 2\n\n"]), ["1\n2"]);
        assert_eq!(in_chunks(&["data: 1\n:ignored\r", "data: 2\n\n"]), ["1\n2"]);
        assert_eq!(in_chunks(&["data: 1\n:ignored\r", "\ndata: 2\n\n"]), ["1\n2"]);
        assert_eq!(in_chunks(&["data: 1\ndata\r", "\ndata: 2\n\n"]), ["1\n\n2"]);
        assert_eq!(in_chunks(&["garbage\r", "data: ok\n\n"]), ["ok"]);
        assert_eq!(in_chunks(&["data: 1\r", "\r", "\n"]), ["1"]);
    }
}

mod sse_contract_tests {
    use super::*;

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
}
