//! Streams as the tutorials have them written by hand: beside the extension they run as they did.

use server_tests::http::Response;
use server_tests::server::Php;

use super::{Kind, next};

/// The shortest: one event per request, and the browser's reconnection does the rest.
const ONE_SHOT: &str = "<?php
header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');

$time = date('r', 0);
echo \"data: The server time is: {$time}\\n\\n\";
flush();
";

/// A loop that gets its buffers out of the way at every turn, with two kinds of events.
const OB_LOOP: &str = r#"<?php
date_default_timezone_set('America/New_York');
header('X-Accel-Buffering: no');
header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');

$counter = 0;
while ($counter++ < 3) {
    echo "event: ping\n";
    echo 'data: {"time": "' . date(DATE_ISO8601, $counter) . '"}';
    echo "\n\n";
    if ($counter % 2 === 0) {
        echo 'data: This is message ' . $counter . "\n\n";
    }
    if (ob_get_contents()) {
        ob_end_flush();
    }
    flush();
    if (connection_aborted()) {
        break;
    }
    usleep(1000);
}
"#;

/// The careful kind: a function that sends, ids, retry, output buffers closed and opened, time limit
/// and user abort seen to by hand.
const SEND_FUNCTION: &str = r#"<?php
ini_set('zlib.output_compression', '0');
ini_set('implicit_flush', '1');
set_time_limit(0);
ignore_user_abort(true);

header('Content-Type: text/event-stream; charset=utf-8');
header('Cache-Control: no-cache, must-revalidate');
header('Connection: keep-alive');
header('X-Accel-Buffering: no');

function sendMsg($id, $msg)
{
    echo "id: $id" . PHP_EOL;
    foreach (explode("\n", $msg) as $line) {
        echo "data: $line" . PHP_EOL;
    }
    echo PHP_EOL;
    ob_flush();
    flush();
}

while (ob_get_level() > 0) {
    ob_end_flush();
}
ob_start();
echo "retry: 10000\n";
echo ':' . str_repeat(' ', 2048) . "\n\n";

$lastId = $_SERVER['HTTP_LAST_EVENT_ID'] ?? 0;
foreach (["first\nmessage", json_encode(['price' => 1.5, 'at' => '12:00'])] as $message) {
    sendMsg(++$lastId, $message);
    usleep(1000);
}
sendMsg('CLOSE', 'bye');
ob_end_flush();
"#;

pub(crate) fn a_page_written_by_hand_runs_as_it_does_without_the_extension(kind: &Kind) {
    for page in [ONE_SHOT, OB_LOOP, SEND_FUNCTION] {
        let [without, with] = [Php::plain(), Php::with_sse()].map(|php| {
            let served = kind.serve_with(php.like_in_production(), 1, page);
            let response = served.get("/stream.php");
            (constant_head(&response), response.into_text())
        });
        assert!(without.1.contains("data: "), "the page itself does not work: {without:?}");
        assert_eq!(with, without);
    }
}

/// The head, less what is another each time.
fn constant_head(response: &Response) -> String {
    let differs = |line: &&str| ["Date: ", "Host: "].iter().any(|name| line.starts_with(name));
    let lines: Vec<&str> = response.head.lines().filter(|line| !differs(line)).collect();
    format!("{}\n{}", response.head.status_line(), lines.join("\n"))
}

pub(crate) fn a_loop_written_by_hand_ends_when_its_client_leaves(kind: &Kind) {
    let page = r#"<?php
        header('Content-Type: text/event-stream');
        header('X-Accel-Buffering: no');
        register_shutdown_function(fn () => note('connection_aborted() is ' . connection_aborted()));
        while (true) {
            echo "data: tick\n\n";
            ob_flush();
            flush();
        }"#;
    for php in [Php::plain(), Php::with_sse()] {
        let served = kind.serve_with(php.like_in_production(), 1, page);
        let mut stream = served.get("/stream.php");
        assert_eq!(next(&mut stream), "data: tick\n\n");
        stream.into_wire().close();
        served.wait_for_notes(&["connection_aborted() is 1"]);
    }
}
