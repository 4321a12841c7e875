//! A client that leaves: the script learns of it, all that cleans up runs, and the worker is free.

use std::time::Duration;

use server_tests::http::Wire;
use server_tests::patience::{wait_for, within};

use super::{Kind, first, next, php};

/// The ways in which a client leaves: with a FIN, or with a RST.
const LEAVINGS: [fn(Wire); 2] = [Wire::close, Wire::reset];

/// Serves the script, and leaves after its first event; it must note these lines and no others.
#[track_caller]
fn notes(kind: &Kind, script: &str, lines: &[&str]) {
    for leave in LEAVINGS {
        let served = kind.serve(script);
        let worker = served.free_worker();
        let mut stream = served.open();
        assert_eq!(next(&mut stream), ":\ndata: tick\n\n");
        leave(stream.into_wire());
        served.wait_for_notes(lines);
        assert_eq!(served.free_worker(), worker);
    }
}

pub(crate) fn a_script_whose_client_leaves_cleans_up_and_goes_on(kind: &Kind) {
    let script = "<?php
        final class Guard { public function __destruct() { note('destructor'); } }
        function ticks(): Generator
        {
            try {
                while (true) {
                    yield 'tick';
                }
            } finally {
                note('finally of the generator');
            }
        }
        register_shutdown_function(fn () => note('shutdown function'));
        $guard = new Guard();
        $sse = Sse::start()->onClose(fn (SseStopReason $reason) => note(\"onClose: $reason->value\"));
        try {
            foreach (ticks() as $tick) {
                if (!$sse->send($tick)) {
                    note('send() answered false');
                    break;
                }
                $sse->wait(0.001);
            }
        } finally {
            note('finally');
        }
        note('connection_aborted() is ' . connection_aborted());";
    let expected = [
        "onClose: client_gone",
        "send() answered false",
        "finally of the generator",
        "finally",
        "connection_aborted() is 1",
        "shutdown function",
        "destructor",
    ];
    notes(kind, script, &expected);
}

pub(crate) fn a_source_whose_client_leaves_is_stopped(kind: &Kind) {
    let script = "<?php
        function ticks(): Generator
        {
            Sse::current()->onClose(fn (SseStopReason $reason) => note(\"onClose: $reason->value\"));
            try {
                while (true) {
                    yield 'tick';
                    Sse::current()->wait(0.001);
                }
            } finally {
                note('finally of the generator');
            }
        }
        $ended_by_itself = Sse::stream(ticks());
        note('stream() answered ' . var_export($ended_by_itself, true));
        note('connection_aborted() is ' . connection_aborted());";
    let expected = [
        "onClose: client_gone",
        "finally of the generator",
        "stream() answered false",
        "connection_aborted() is 1",
    ];
    notes(kind, script, &expected);
}

pub(crate) fn a_heartbeat_finds_out_that_the_client_has_left(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.02);
        $sse->send('tick');
        while ($sse->wait(30));
        note('wait() answered false: ' . $sse->stopReason()->value);";
    notes(kind, script, &["wait() answered false: client_gone"]);
}

/// As without the extension; only plain `echo` is answered so.
pub(crate) fn an_echo_to_a_client_that_has_left_ends_the_script(kind: &Kind) {
    let script = "<?php
        register_shutdown_function(fn () => note('shutdown function'));
        $sse = Sse::start()->onClose(fn (SseStopReason $reason) => note(\"onClose: $reason->value\"));
        while (true) {
            echo \"data: tick\\n\\n\";
            flush();
        }";
    notes(kind, script, &["shutdown function", "onClose: client_gone"]);
}

pub(crate) fn a_script_that_ignores_every_answer_is_ended_after_ten_seconds(kind: &Kind) {
    // With ?ignore it goes on for longer than that, and says so.
    let script = "<?php
        ignore_user_abort(isset($_GET['ignore']));
        $left = null;
        $since = function () use (&$left) { return (hrtime(true) - $left) / 1e9; };
        register_shutdown_function(fn () => note($_SERVER['QUERY_STRING'] . $since()));
        $sse = Sse::start();
        do {
            if (!$sse->send('tick')) {
                $left ??= hrtime(true);
            }
            $sse->wait(0.02);
        } while ($left === null || $since() < 12);";
    let served = kind.serve_with(php(), 2, script);
    for target in ["/stream.php?", "/stream.php?ignore="] {
        let mut stream = served.get(target);
        assert_eq!(first(&mut stream), ":\n");
        stream.into_wire().close();
    }
    let seconds = wait_for("the end of both", within(Duration::from_secs(30)), || {
        let notes = served.site.read("notes");
        let (ended, went_on) = notes.split_once("\nignore=")?;
        Some([ended.parse::<f64>().ok()?, went_on.strip_suffix('\n')?.parse().ok()?])
    });
    assert!((9.9..12.0).contains(&seconds[0]), "{seconds:?}");
    assert!(seconds[1] >= 12.0, "{seconds:?}");
}
