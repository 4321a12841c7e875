//! Every event arrives whole, as it was sent, and at once, whatever stands between script and client.

use std::fmt::Write;

use server_tests::patience::soon;
use server_tests::server::Php;

use super::{Kind, first, next, php};

/// Starts a stream, and holds each event back until the test asks for it.
const SCRIPT: &str = "
$sse = Sse::start();
foreach (['one', 'two', 'three'] as $word) {
    gate();
    $sse->send($word);
}";

/// The script, after `before`, delivers each event while it waits to send the next.
#[track_caller]
fn delivers(kind: &Kind, php: Php, before: &str) {
    let served = kind.serve_with(php, 1, &format!("<?php {before} {SCRIPT}"));
    let mut stream = served.open();
    kind.head.assert_stream(&stream, &[]);
    assert_eq!(first(&mut stream), ":\n");
    for word in ["one", "two", "three"] {
        served.gate.release();
        assert_eq!(next(&mut stream), format!("data: {word}\n\n"));
    }
    assert_eq!(stream.into_body(), b"");
}

pub(crate) fn events_arrive_while_the_script_still_runs(kind: &Kind) {
    delivers(kind, php().ini("output_buffering", "0"), "");
}

pub(crate) fn events_pass_the_output_buffer_of_php_ini(kind: &Kind) {
    delivers(kind, php().ini("output_buffering", "4096"), "");
}

pub(crate) fn events_pass_buffers_of_the_script(kind: &Kind) {
    let before = "ob_start(); ob_start(fn (string $html) => strtoupper($html), 8192); ob_start();";
    delivers(kind, php(), before);
}

pub(crate) fn events_pass_a_buffer_that_cannot_be_removed(kind: &Kind) {
    delivers(kind, php(), "ob_start(null, 0, PHP_OUTPUT_HANDLER_FLUSHABLE); ob_start();");
}

pub(crate) fn events_pass_buffers_that_are_opened_later(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start();
        ob_start();
        $sse->send('sent');
        gate();";
    let served = kind.serve(script);
    let mut stream = served.open();
    assert_eq!(next(&mut stream), ":\ndata: sent\n\n");
    served.gate.release();
    assert_eq!(stream.into_body(), b"");
}

pub(crate) fn events_pass_compression_by_php_ini(kind: &Kind) {
    delivers(kind, php().ini("zlib.output_compression", "1"), "");
}

pub(crate) fn events_pass_compression_by_the_script(kind: &Kind) {
    delivers(kind, php(), "ob_start('ob_gzhandler');");
}

pub(crate) fn a_whole_stream_is_right_to_the_byte(kind: &Kind) {
    let script = r#"<?php
        $sse = Sse::start(retry: 2000);
        $sse->send("two\r\nlines", event: 'poem', id: 7);
        $sse->send(['price' => 1.5, 'currency' => '€'], retry: 500);
        $sse->send('');
        $sse->comment('no event');
        $sse->retry(3000);
        $sse->sendMany(['first', new SseEvent('second', id: 'x')]);
        $sse->close('bye', event: 'end');"#;
    let expected = ":\n\
        retry: 2000\n\
        id: 7\nevent: poem\ndata: two\ndata: lines\n\n\
        retry: 500\ndata: {\"price\":1.5,\"currency\":\"€\"}\n\n\
        data: \n\n\
        : no event\n\
        retry: 3000\n\
        data: first\n\n\
        id: x\ndata: second\n\n\
        event: end\ndata: bye\n\n";
    assert_eq!(kind.serve(script).body(), expected);
}

pub(crate) fn events_of_64_kilobytes_and_of_5_megabytes_arrive_whole(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start();
        $sse->send(file_get_contents(__DIR__ . '/64-kilobytes'));
        $sse->send(file_get_contents(__DIR__ . '/5-megabytes'));
        $sse->send('small');";
    let (medium, large) = (lines_of(64 << 10), lines_of(5 << 20));
    let served = kind.serve(script);
    served.site.write("64-kilobytes", &medium);
    served.site.write("5-megabytes", &large);

    let mut expected = ":\n".to_owned();
    for data in [&medium, &large, "small"] {
        for line in data.split('\n') {
            writeln!(expected, "data: {line}").unwrap();
        }
        expected.push('\n');
    }
    let body = served.body();
    assert_eq!(body.len(), expected.len());
    assert!(body == expected, "so many bytes, but others");
}

/// Lines of many lengths, numbered so that none can be missed or doubled; so many bytes, or some more.
fn lines_of(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        writeln!(text, "{number:.<width$}|", width = number * 7 % 1000 + 1).unwrap();
    }
    text + "end"
}

pub(crate) fn what_a_script_echoes_keeps_its_place_among_the_events(kind: &Kind) {
    let script = r#"<?php
        $sse = Sse::start();
        echo "data: echoed\n\n";
        $sse->send('sent');
        echo "event: unfinished\ndata: echoed";
        $sse->send('sent');
        echo ": a comment\n";
        $sse->sendMany(['sent', 'sent']);
        echo "data: the last\n\n";"#;
    let expected = ":\n\
        data: echoed\n\n\
        data: sent\n\n\
        event: unfinished\ndata: echoed\n\n\
        data: sent\n\n\
        : a comment\n\
        data: sent\n\ndata: sent\n\n\
        data: the last\n\n";
    assert_eq!(kind.serve(script).body(), expected);
}

pub(crate) fn what_a_script_echoes_is_flushed_when_it_waits(kind: &Kind) {
    let script = r#"<?php
        $sse = Sse::start();
        echo "data: echoed\n\n";
        while (!file_exists(__DIR__ . '/arrived')) {
            $sse->wait(0.01);
        }
        echo "data: the last\n\n";"#;
    let served = kind.serve(script);
    let mut stream = served.open();
    assert_eq!(next(&mut stream), ":\ndata: echoed\n\n");
    served.site.write("arrived", "");
    assert_eq!(stream.body.read_to_end(soon()).unwrap(), b"data: the last\n\n");
}
