//! Ends of streams after which a browser comes back, and those after which it stays away.

use std::collections::BTreeMap;

use server_tests::browser::Kind;
use server_tests::in_each_browser;

use crate::scene::{Served, Window};

in_each_browser![
    what_is_no_stream_closes_a_source_for_good,
    a_stream_that_says_only_when_to_come_back_brings_the_client_back_then,
];

/// Answers as the query says, and notes it. `back` is what a server says that has no room at the moment;
/// after six visits it sends the client away.
const ANSWER: &str = r#"<?php
    $query = $_SERVER['QUERY_STRING'];
    note($query);
    header('Content-Type: ' . ($query === 'html' ? 'text/html' : 'text/event-stream'));
    if ($query === 'back') {
        substr_count(file_get_contents(__DIR__ . '/notes'), "back\n") < 6 || http_response_code(204);
    } elseif ($query === 'later') {
        http_response_code(503);
        header('Retry-After: 1');
    } elseif ($query !== 'html') {
        http_response_code((int) $query);
    }
    http_response_code() === 204 || print("retry: 50\n");"#;

/// These responses close a source by their status or type, although their bodies ask the client to come back.
const FINAL: [&str; 10] = ["204", "401", "403", "404", "429", "500", "502", "503", "later", "html"];

fn what_is_no_stream_closes_a_source_for_good(kind: Kind) {
    let window = Window::on(kind, Served::behind_nginx(ANSWER));
    for query in FINAL {
        window.listen("stream", &format!("/stream.php?{query}"));
        window.wait_until_closed("stream");
    }
    // The control: in the time in which one comes back five times, no other comes back.
    window.listen("control", "/stream.php?back");
    window.wait_until_closed("control");
    let mut visits = BTreeMap::new();
    for query in window.notes().lines() {
        *visits.entry(query.to_owned()).or_insert(0) += 1;
    }
    let once = FINAL.map(|query| (query.to_owned(), 1));
    let expected: BTreeMap<_, _> = once.into_iter().chain([("back".to_owned(), 6)]).collect();
    assert_eq!(visits, expected, "{kind:?}");
}

fn a_stream_that_says_only_when_to_come_back_brings_the_client_back_then(kind: Kind) {
    let script = r#"<?php
        $visits = count(file(__DIR__ . '/notes', FILE_IGNORE_NEW_LINES) ?: []);
        note((string) hrtime(true));
        if ($visits === 2) {
            Sse::stop();
            exit;
        }
        header('Content-Type: text/event-stream');
        // The second time without its line end: that is no line.
        echo $visits ? 'retry: 50' : "retry: 1200\n";"#;
    let window = Window::on(kind, Served::behind_nginx(script));
    window.served.site.write("notes", "");
    window.listen("stream", "/stream.php");
    window.wait_until_closed("stream");
    let notes: Vec<u64> = window.notes().lines().map(|note| note.parse().unwrap()).collect();
    let gaps: Vec<u64> = notes.windows(2).map(|pair| (pair[1] - pair[0]) / 1_000_000).collect();
    // Its own reconnection time would be longer, and what it was told before stays.
    let own = if kind == Kind::Firefox { 5000 } else { 3000 };
    let range = 1200..own;
    assert!(gaps.len() == 2 && gaps.iter().all(|gap| range.contains(gap)), "{kind:?}: {gaps:?}");
}
