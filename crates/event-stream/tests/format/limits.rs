//! What a parser may hold, and how long it may take.

use std::time::Instant;

use event_stream::{EventTooLarge, Parser};

use crate::laws::a_limit_cuts_the_same_events_in_any_chunks;

/// What comes of each chunk: the data of its events, and whether one was too large.
fn feed(parser: &mut Parser, chunks: &[&str]) -> Vec<(Vec<String>, Result<(), EventTooLarge>)> {
    let feed_one = |chunk: &&str| {
        let mut received = Vec::new();
        let result = parser.feed(chunk.as_bytes(), |event| received.push(event.data));
        (received, result)
    };
    chunks.iter().map(feed_one).collect()
}

fn received(data: &[&str]) -> (Vec<String>, Result<(), EventTooLarge>) {
    (data.iter().copied().map(str::to_owned).collect(), Ok(()))
}

fn too_large(data: &[&str], limit: usize) -> (Vec<String>, Result<(), EventTooLarge>) {
    (received(data).0, Err(EventTooLarge { limit }))
}

#[test]
fn an_event_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let mut parser = Parser::with_max_event_size(12);
    assert_eq!(
        feed(&mut parser, &["data: 123456\n\n", "data: 1234567\n\n", "data:1\ndata:2\n\n"]),
        [received(&["123456"]), too_large(&[], 12), received(&["1\n2"])]
    );
}

#[test]
fn the_fields_of_an_event_count_together_and_afresh_in_each_event() {
    let mut parser = Parser::with_max_event_size(12);
    assert_eq!(
        feed(
            &mut parser,
            &["id: 12\ndata: \n\n", "id: 12\ndata: 1\n\n", "id: 12\n\n", "data: 123456\n\n"]
        ),
        [received(&[""]), too_large(&[], 12), received(&[]), received(&["123456"])]
    );
}

#[test]
fn an_event_is_too_large_as_soon_as_it_is_even_in_the_middle_of_a_line() {
    let mut parser = Parser::with_max_event_size(12);
    assert_eq!(
        feed(&mut parser, &["data: ", "123", "456", "7", "8", "\n", "data: 9", "\n\n"]),
        [
            received(&[]),
            received(&[]),
            received(&[]),
            too_large(&[], 12),
            received(&[]),
            received(&[]),
            received(&[]),
            received(&[]),
        ]
    );
}

#[test]
fn the_other_events_of_a_chunk_are_dispatched_and_the_parser_goes_on() {
    let mut parser = Parser::with_max_event_size(12);
    assert_eq!(
        feed(&mut parser, &["data: a\n\ndata: too large\ndata\n\ndata: b\n\n", "data: c\r\n\r\n"]),
        [too_large(&["a", "b"], 12), received(&["c"])]
    );
}

#[test]
fn an_event_too_large_leaves_no_id_and_no_type_behind() {
    let mut parser = Parser::with_max_event_size(30);
    let mut events = Vec::new();
    let stream =
        b"id: 1\ndata: a\n\nid: 2\nevent: lost\ndata: too large for it\nid: 3\n\ndata: b\n\n";
    parser.feed(stream, |event| events.push((event.event, event.data))).unwrap_err();
    assert_eq!(events, [(None, "a".to_owned()), (None, "b".to_owned())]);
    assert_eq!(parser.last_event_id(), "1");
}

#[test]
fn comments_and_unknown_fields_of_any_length_do_not_count() {
    let long = "x".repeat(1000);
    let mut parser = Parser::with_max_event_size(12);
    let comment = format!("data: 1\n:{long}");
    let unknown = format!("\nunknown-field: {long}");
    let almost_known = format!("\ndatax: {long}");
    let chunks = [&comment, &*long, &unknown, &long, &almost_known, &long, "\ndata\n\n"];
    let mut expected = vec![received(&[]); chunks.len() - 1];
    expected.push(received(&["1\n"]));
    assert_eq!(feed(&mut parser, &chunks), expected);
}

#[test]
fn a_field_name_cut_by_chunks_is_recognised() {
    let mut parser = Parser::with_max_event_size(16);
    assert_eq!(feed(&mut parser, &["da", "ta\n\n"]), [received(&[]), received(&[""])]);
}

#[test]
fn a_limit_below_any_line_refuses_every_event_and_nothing_else() {
    for limit in 0..4 {
        let mut parser = Parser::with_max_event_size(limit);
        assert_eq!(
            feed(&mut parser, &["data\n\n", "da", "ta", "\n\n", ": ok\n\n", "d: ok\n\n"]),
            [
                too_large(&[], limit),
                received(&[]),
                received(&[]),
                too_large(&[], limit),
                received(&[]),
                received(&[]),
            ]
        );
    }
}

#[test]
fn many_small_events_do_not_add_up() {
    let mut parser = Parser::with_max_event_size(12);
    let stream = "data: 123456\n\n".repeat(1000);
    let mut count = 0;
    parser.feed(stream.as_bytes(), |_| count += 1).unwrap();
    assert_eq!(count, 1000);
}

#[test]
fn chunks_do_not_change_which_events_are_too_large() {
    let stream = b"data: abc\nid: 1\n\n: comment\nevent: e\ndata\n\nretry: 10\nda\nunknown: x\n\n\
        data: \xFF\xFF\r\ndata: y\r\n\r\nid: 22\n\n";
    for limit in 0..40 {
        a_limit_cuts_the_same_events_in_any_chunks(stream, limit);
    }
}

#[test]
fn a_new_parser_takes_sixteen_mebibytes_and_no_more() {
    const LIMIT: usize = 16 * 1024 * 1024;
    let stream = format!("data: {}\n\n", "x".repeat(LIMIT - "data: ".len()));
    let mut received = 0;
    assert_eq!(Parser::new().feed(stream.as_bytes(), |event| received += event.data.len()), Ok(()));
    assert_eq!(received, LIMIT - "data: ".len());
    let error = Parser::default().feed(format!("data: x\n{stream}").as_bytes(), drop).unwrap_err();
    assert_eq!(error, EventTooLarge { limit: LIMIT });
    assert_eq!(error.to_string(), "an event of the stream is larger than 16777216 bytes");
}

#[test]
fn ten_million_single_bytes_take_no_longer_than_their_number_asks_for() {
    // Looking at the whole line again for each byte would be 50 million million looks.
    let stream = format!("data: {}\n\n", "x".repeat(10_000_000));
    let started = Instant::now();
    let mut parser = Parser::new();
    let mut received = 0;
    for byte in stream.as_bytes().chunks(1) {
        parser.feed(byte, |event| received += event.data.len()).unwrap();
    }
    assert_eq!(received, 10_000_000);
    assert!(started.elapsed().as_secs() < 60);
}
