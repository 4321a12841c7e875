//! A page with event sources.

use serde_json::json;
use server_tests::browser::Kind;
use server_tests::in_each_browser;
use server_tests::patience::soon;

use crate::scene::{Served, Window};

in_each_browser![
    open_fires_before_the_first_event,
    a_connection_that_is_cut_inside_an_event_leaves_no_trace_of_it,
    events_have_their_type_their_data_and_the_last_event_id,
    a_client_that_comes_back_brings_the_last_event_id,
    a_client_comes_back_after_the_reconnection_time,
    a_client_that_is_answered_204_does_not_come_back,
    a_page_of_a_listed_origin_reads_the_stream_with_its_cookies,
    a_page_of_another_origin_is_refused,
    a_stream_for_everybody_is_for_those_without_credentials,
];

fn open_fires_before_the_first_event(kind: Kind) {
    let script = "<?php
        $sse = Sse::start();
        fgets(fopen(__DIR__ . '/gate', 'r'));
        $sse->send('first');
        $sse->wait(30);";
    let window = Window::open(kind, script);
    let gate = window.served.site.gate("gate");
    window.listen("stream", "/stream.php");
    window.wait_until_seen("stream", &json!(["open"]));
    gate.release();
    window.wait_until_seen("stream", &json!(["open", ["message", "first", ""]]));
}

fn a_connection_that_is_cut_inside_an_event_leaves_no_trace_of_it(kind: Kind) {
    let script = r#"<?php
        $sse = Sse::start(retry: 50);
        $visit = (int) $sse->lastEventId;
        $sse->send("visit $visit", id: $visit + 1);
        if ($visit < count($cuts = ["data: h", "event: tick\nid: 9\ndata: half\n", "id: 9", "ev"])) {
            echo $cuts[$visit];
            flush();
            exec('kill -9 ' . getmypid());
        }
        $sse->wait(30);"#;
    let window = Window::on(kind, Served::behind_nginx(script));
    window.listen("stream", "/stream.php");
    let mut seen = Vec::new();
    for visit in 0..5 {
        let id = (visit + 1).to_string();
        seen.extend([
            json!("open"),
            json!(["message", format!("visit {visit}"), id]),
            json!("error"),
        ]);
    }
    seen.pop();
    window.wait_until_seen("stream", &json!(seen));
}

fn events_have_their_type_their_data_and_the_last_event_id(kind: Kind) {
    let script = r#"<?php
        $sse = Sse::start();
        $sse->send("two\nlines");
        $sse->send(['price' => 1.5], event: 'tick', id: 7);
        $sse->comment('nothing to see');
        $sse->send('', event: 'error');
        echo "data: echoed\n\n";
        $sse->send('reset', id: '');
        $sse->wait(30);"#;
    let window = Window::open(kind, script);
    window.listen("stream", "/stream.php");
    let seen = json!([
        "open",
        ["message", "two\nlines", ""],
        ["tick", r#"{"price":1.5}"#, "7"],
        ["error", "", "7"],
        ["message", "echoed", "7"],
        ["message", "reset", ""],
    ]);
    window.wait_until_seen("stream", &seen);
}

fn a_client_that_comes_back_brings_the_last_event_id(kind: Kind) {
    let script = "<?php
        $sse = Sse::start(retry: 50);
        note(var_export($_SERVER['HTTP_LAST_EVENT_ID'] ?? null, true));
        $number = (int) $sse->lastEventId + 1;
        $sse->send(\"event $number\", id: $number);
        if ($number === 3) {
            $sse->wait(30);
        }";
    let window = Window::open(kind, script);
    window.listen("stream", "/stream.php");
    let seen = json!([
        "open",
        ["message", "event 1", "1"],
        "error",
        "open",
        ["message", "event 2", "2"],
        "error",
        "open",
        ["message", "event 3", "3"],
    ]);
    window.wait_until_seen("stream", &seen);
    assert_eq!(window.notes(), "NULL\n'1'\n'2'\n");
}

fn a_client_comes_back_after_the_reconnection_time(kind: Kind) {
    // Notes the time from the end of a stream to the next request for it, in milliseconds.
    let script = "<?php
        $sse = Sse::start(retry: $_GET['start'] ?? null);
        if ($sse->lastEventId !== null) {
            note($_SERVER['QUERY_STRING'] . ' ' . intdiv(hrtime(true) - $sse->lastEventId, 1_000_000));
            $sse->wait(30);
        }
        if (isset($_GET['retry'])) {
            $sse->retry($_GET['retry']);
        }
        $sse->send('now', id: hrtime(true));";
    let window = Window::on(kind, Served::behind_nginx(script));
    let asked = ["start=100", "retry=1500", "", "start=6000"];
    for (number, query) in asked.iter().enumerate() {
        window.listen(&format!("stream{number}"), &format!("/stream.php?{query}"));
    }
    for number in 0..asked.len() {
        window.browser.wait_for(&format!("stream{number}.seen[3] === 'open'"), soon());
    }
    let notes = window.notes();
    let gaps: Vec<(&str, u64)> = notes
        .lines()
        .map(|note| note.rsplit_once(' ').unwrap())
        .map(|(query, milliseconds)| (query, milliseconds.parse().unwrap()))
        .collect();
    let order: Vec<&str> = gaps.iter().map(|(query, _)| *query).collect();
    assert_eq!(order, asked, "{gaps:?}");
    // The third is the control: the browser's own reconnection time. Firefox has a shortest one, too.
    let (shortest, own) = if kind == Kind::Firefox { (500, 5000) } else { (100, 3000) };
    let ranges = [shortest..1500, 1500..own, own..6000, 6000..u64::MAX];
    for ((query, gap), range) in gaps.iter().zip(ranges) {
        assert!(range.contains(gap), "{query}: {gap}");
    }
}

fn a_client_that_is_answered_204_does_not_come_back(kind: Kind) {
    let script = "<?php
        if (Sse::lastEventId() === $_GET['stop']) {
            note('stopped');
            Sse::stop();
            exit;
        }
        $sse = Sse::start(retry: 50);
        $sse->send('visit', id: (int) $sse->lastEventId + 1);";
    let window = Window::open(kind, script);
    window.listen("stream", "/stream.php?stop=1");
    let seen = json!(["open", ["message", "visit", "1"], "error", "error"]);
    window.wait_until_seen("stream", &seen);
    window.wait_until_closed("stream");

    // The control: in the time in which another comes back five times, this one does not.
    window.listen("control", "/stream.php?stop=6");
    window.wait_until_closed("control");
    window.wait_until_seen("stream", &seen);
    assert_eq!(window.notes(), "stopped\nstopped\n");
}

fn a_page_of_a_listed_origin_reads_the_stream_with_its_cookies(kind: Kind) {
    let window = Window::open(kind, "");
    let other = readable_by(&window.served.server.url(""));
    window.browser.execute("document.cookie = 'user=me'", &[]);
    window.listen_with_credentials("named", &other.server.url("/stream.php"));
    window.listen("nameless", &other.server.url("/stream.php"));
    for (name, user) in [("named", "me"), ("nameless", "nobody")] {
        let first = json!(["message", format!("visit 1 of {user}"), "1"]);
        let second = json!(["message", format!("visit 2 of {user}"), "2"]);
        window.wait_until_seen(name, &json!(["open", first, "error", "open", second]));
    }
}

fn a_page_of_another_origin_is_refused(kind: Kind) {
    let window = Window::open(kind, "");
    let other = readable_by("https://listed.example");
    window.listen_with_credentials("named", &other.server.url("/stream.php"));
    window.listen("nameless", &other.server.url("/stream.php"));
    for name in ["named", "nameless"] {
        window.wait_until_closed(name);
        window.wait_until_seen(name, &json!(["error"]));
    }
}

fn a_stream_for_everybody_is_for_those_without_credentials(kind: Kind) {
    let window = Window::open(kind, "");
    let other = readable_by("*");
    window.listen_with_credentials("named", &other.server.url("/stream.php"));
    window.listen("nameless", &other.server.url("/stream.php"));
    window.wait_until_closed("named");
    window.wait_until_seen("named", &json!(["error"]));
    window.browser.wait_for("nameless.seen[1]?.[1] === 'visit 1 of nobody'", soon());
}

/// Serves, on another port and so of another origin, a stream that pages of this origin may read.
fn readable_by(origin: &str) -> Served {
    let script = "<?php
        $sse = Sse::start(retry: 50, allowOrigin: '$origin');
        $visit = (int) $sse->lastEventId + 1;
        $sse->send(\"visit $visit of \" . ($_COOKIE['user'] ?? 'nobody'), id: $visit);
        if ($visit === 2) {
            $sse->wait(30);
        }";
    Served::behind_nginx(&script.replace("$origin", origin))
}
