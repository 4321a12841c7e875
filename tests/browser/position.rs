//! The position that a client sends when it comes back.

use serde_json::json;
use server_tests::browser::Kind;
use server_tests::event_stream::POSITION;
use server_tests::in_each_browser;

use crate::scene::{Served, Window};

in_each_browser![
    a_stream_that_comes_back_is_told_where_it_is_however_often_it_is_cut,
    a_position_counts_where_it_is_dispatched,
    a_position_that_is_dispatched_is_kept_by_a_client_that_has_had_nothing_else,
];

fn a_stream_that_comes_back_is_told_where_it_is_however_often_it_is_cut(kind: Kind) {
    let script = "<?php
        $sse = Sse::start(retry: 50);
        note($sse->lastEventId ?? 'none');
        if ($sse->lastEventId === null) {
            $sse->send('first', id: 'a');
            exit;
        }
        if (count(file(__DIR__ . '/notes')) < 4) {
            exec('kill -9 ' . getmypid());
        }
        $sse->wait(30);";
    let window = Window::on(kind, Served::behind_nginx(script));
    window.listen_to("stream", "/stream.php", &["message", POSITION]);
    let mut seen = vec![json!("open"), json!(["message", "first", "a"])];
    for _ in 0..3 {
        seen.extend([json!("error"), json!("open"), json!([POSITION, "{}", "a"])]);
    }
    window.wait_until_seen("stream", &json!(seen));
    assert_eq!(window.notes(), "none\na\na\na\n");
}

/// Sends the block of the query, after an event where that says so, and ends, or is cut; notes the last event
/// ID of the one who comes back, and sends it away.
const BLOCK: &str = r#"<?php
    $query = $_SERVER['QUERY_STRING'];
    if (file_exists(__DIR__ . "/$query")) {
        note("$query " . ($_SERVER['HTTP_LAST_EVENT_ID'] ?? 'none'));
        Sse::stop();
        exit;
    }
    touch(__DIR__ . "/$query");
    header('Content-Type: text/event-stream');
    header('X-Accel-Buffering: no');
    [$end, $before, $name] = explode('.', $query);
    echo "retry: 50\n\n", $before === 'later' ? "id: 1-0\ndata: first\n\n" : '', [
        'position' => "event: sse:position\nid: 5-0\ndata: {}\n\n",
        'dataless' => "id: 5-0\n\n",
        'retry' => "id: 5-0\nretry: 60\n\n",
        'empty' => "event: x\nid: 5-0\ndata\n\n",
        'unfinished' => "event: sse:position\nid: 5-0\ndata: {}\n",
    ][$name];
    if ($end === 'cut') {
        flush();
        exec('kill -9 ' . getmypid());
    }"#;

/// The last event ID that a client comes back with after each of these blocks.
#[track_caller]
fn comes_back_with(kind: Kind, before: &str, expected: &[(&str, &str)]) {
    let window = Window::on(kind, Served::behind_nginx(BLOCK));
    let mut notes = String::new();
    for end in ["clean", "cut"] {
        for (name, id) in expected {
            let query = format!("{end}.{before}.{name}");
            window.listen("stream", &format!("/stream.php?{query}"));
            window.wait_until_closed("stream");
            notes.extend([&query, " ", *id, "\n"]);
        }
    }
    assert_eq!(window.notes(), notes, "{kind:?}");
}

/// Firefox and WebKit take an ID only with an event; Chromium goes by the standard.
fn a_position_counts_where_it_is_dispatched(kind: Kind) {
    let dataless = if kind == Kind::Chromium { "5-0" } else { "1-0" };
    let expected = [
        ("position", "5-0"),
        ("empty", "5-0"),
        ("dataless", dataless),
        ("retry", dataless),
        ("unfinished", "1-0"),
    ];
    comes_back_with(kind, "later", &expected);
}

fn a_position_that_is_dispatched_is_kept_by_a_client_that_has_had_nothing_else(kind: Kind) {
    let dataless = if kind == Kind::Chromium { "5-0" } else { "none" };
    comes_back_with(kind, "first", &[("position", "5-0"), ("dataless", dataless)]);
}
