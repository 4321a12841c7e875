//! FrankenPHP, with a script for each request, and with one for all.

use std::path::Path;
use std::time::{Duration, Instant};

use server_tests::patience::{soon, stretched};
use server_tests::process::Signal;
use server_tests::reader::End;
use server_tests::server::{FrankenPhp, Php, Server};
use server_tests::site::Site;

use crate::cases::{self, Head, Kind};

const HEAD: Head = Head {
    always: || &["Server", "Date"],
    with_a_body: &["Transfer-Encoding: chunked"],
    withheld: &[],
};

mod classic {
    use super::*;

    cases::on!(Kind {
        start: |root, php, workers| FrankenPhp::new(root, php).threads(workers).start(),
        head: HEAD,
    });
}

mod worker {
    use super::*;

    cases::within_one_script!(Kind {
        start: |root, php, workers| {
            FrankenPhp::new(root, php).worker_mode().threads(workers).start()
        },
        head: HEAD,
    });
}

/// Each way of serving, with one thread.
const WAYS: [fn(&Path, Php) -> Server; 4] = [
    |root, php| FrankenPhp::new(root, php).threads(1).start(),
    |root, php| FrankenPhp::new(root, php).threads(1).proxied().start(),
    |root, php| FrankenPhp::new(root, php).threads(1).worker_mode().start(),
    |root, php| FrankenPhp::new(root, php).threads(1).worker_mode().proxied().start(),
];

fn site(script: &str) -> Site {
    Site::new().file("stream.php", script).file("page.php", "<?php echo 'page';")
}

/// The notes of a script, which it writes to the file `notes` beside it.
const NOTE: &str =
    "$note = fn ($line) => file_put_contents(__DIR__ . '/notes', $line . \"\\n\", FILE_APPEND);";

#[test]
fn each_request_has_a_state_of_its_own() {
    let script = "<?php
        $current = Sse::current();
        $sse = Sse::start();
        $sse->send(['stranger' => $current !== null, 'last' => $sse->lastEventId]);
        $GLOBALS['kept'][] = $sse;";
    for start in WAYS {
        let site = site(script);
        let server = start(site.as_ref(), Php::with_sse());
        for round in 0..5 {
            let body = server.get("/stream.php").into_text();
            assert_eq!(body, ":\ndata: {\"stranger\":false,\"last\":null}\n\n", "round {round}");
            assert_eq!(server.get("/page.php").into_text(), "page");
        }
    }
}

#[test]
fn a_stream_that_its_script_has_kept_is_over() {
    let script = "<?php
        if (isset($GLOBALS['kept'])) {
            echo json_encode([$GLOBALS['kept']->isOpen(), $GLOBALS['kept']->send('late'), Sse::current()]);
        } else {
            $GLOBALS['kept'] = Sse::start();
            $GLOBALS['kept']->onClose(function () { echo 'echoed'; $GLOBALS['ran'] = true; });
            $GLOBALS['kept']->send('sent');
        }";
    let site = site(script);
    let server = FrankenPhp::new(&site, Php::with_sse()).threads(1).worker_mode().start();
    assert_eq!(server.get("/stream.php").into_text(), ":\ndata: sent\n\nechoed");
    assert_eq!(server.get("/stream.php").into_text(), "[false,false,null]");
}

/// Of these the worker script dies, and is run anew; after an exception it goes on.
#[test]
fn a_worker_serves_as_ever_after_any_end() {
    let script = format!(
        "<?php {NOTE}
        ini_set('memory_limit', '64M');
        $sse = Sse::start(heartbeat: 0.01);
        $sse->onClose(fn ($reason) => $note($reason->value));
        $sse->send('sent');
        match ($_GET['by']) {{
            'return' => null,
            'exit' => exit(),
            'exception' => throw new RuntimeException('nobody catches this'),
            'error' => no_such_function(),
            'fatal-error' => trigger_error('this is fatal', E_USER_ERROR),
            'memory' => str_repeat('x', 1 << 30),
            'timeout' => (function () {{ set_time_limit(1); while (true); }})(),
        }};"
    );
    for start in WAYS {
        let site = site(&script);
        let server = start(site.as_ref(), Php::with_sse());
        for by in ["return", "exit", "exception", "error", "fatal-error", "memory", "timeout"] {
            let body = server.get(&format!("/stream.php?by={by}")).into_text();
            assert_eq!(body.matches("data: sent\n\n").count(), 1, "{by}: {body}");
            assert_eq!(server.get("/page.php").into_text(), "page", "after {by}");
        }
        site.wait_for_contents("notes", &"closed\n".repeat(7), soon());
    }
}

#[test]
fn a_client_that_leaves_is_noticed_without_a_write() {
    let script = format!(
        "<?php {NOTE} ignore_user_abort(true);
        $sse = Sse::start(heartbeat: 0);
        $sse->send('ready');
        $open = $sse->wait(20);
        $note(hrtime(true) . ' ' . json_encode([$open, $sse->stopReason()?->name]));"
    );
    for start in WAYS {
        let site = site(&script);
        let server = start(site.as_ref(), Php::with_sse());
        let mut stream = server.get("/stream.php");
        stream.body.read_until(b"\n\n", soon()).unwrap();
        let left = Instant::now();
        stream.into_wire().close();
        while site.read("notes").is_empty() {
            assert!(left.elapsed() < stretched(Duration::from_secs(2)), "it was not noticed");
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = left.elapsed();
        assert!(
            site.read("notes").ends_with(" [false,\"ClientGone\"]\n"),
            "{}",
            site.read("notes")
        );
        assert!(took < stretched(Duration::from_millis(150)), "it took {took:?}");
    }
}

#[test]
fn nothing_is_written_after_the_response_is_finished() {
    for finish in ["frankenphp_finish_request", "fastcgi_finish_request"] {
        let script = format!(
            "<?php {NOTE}
            $sse = Sse::start(heartbeat: 0.05);
            $sse->send('sent');
            {finish}();
            $sse->wait(0.3);
            usleep(200_000);
            $more = $sse->send('late');
            echo 'late';
            flush();
            $note(json_encode([$more, $sse->isOpen(), $sse->stopReason()->name]));"
        );
        for start in WAYS {
            let site = site(&script);
            let server = start(site.as_ref(), Php::with_sse());
            for round in 1..=3 {
                let body = server.get("/stream.php").into_text();
                assert_eq!(body, ":\ndata: sent\n\n");
                let notes = "[false,false,\"Closed\"]\n".repeat(round);
                site.wait_for_contents("notes", &notes, soon());
                assert_eq!(server.get("/page.php").into_text(), "page");
            }
        }
    }
}

#[test]
fn a_flush_after_the_end_of_any_response_does_no_harm() {
    let script =
        format!("<?php {NOTE} echo 'all'; frankenphp_finish_request(); flush(); $note('flushed');");
    for start in WAYS {
        let site = site(&script);
        let server = start(site.as_ref(), Php::with_sse());
        assert_eq!(server.get("/stream.php").into_text(), "all");
        site.wait_for_contents("notes", "flushed\n", soon());
        assert_eq!(server.get("/page.php").into_text(), "page");
    }
}

/// Another thread, another request: each stream that other code opens is looked after.
#[test]
fn streams_that_other_code_opens_are_looked_after() {
    let script = "<?php
        header('Content-Type: text/event-stream');
        echo \"data: a\\n\\n\";
        flush();
        usleep(300_000);
        echo 'data: b ', connection_aborted(), \"\\n\\n\";";
    for start in WAYS {
        let site = site(script);
        let php = Php::with_sse().ini("sse.adopt", "1").ini("sse.heartbeat", "0.05");
        let server = start(site.as_ref(), php);
        for round in 0..3 {
            let body = server.get("/stream.php").into_text();
            let heartbeats = body.lines().filter(|line| *line == ":").count();
            assert!((3..=6).contains(&heartbeats), "round {round}: {body}");
            assert_eq!(body.replace(":\n", ""), "data: a\n\ndata: b 0\n\n");
            assert_eq!(server.get("/page.php").into_text(), "page");
        }
    }
}

#[test]
fn streams_that_other_code_opens_know_that_their_client_has_left() {
    let script = format!(
        "<?php {NOTE} ignore_user_abort(true);
        header('Content-Type: text/event-stream');
        echo \"data: a\\n\\n\";
        flush();
        for ($i = 0; $i < 5000 && !connection_aborted(); $i++) usleep(1000);
        $note(connection_aborted());"
    );
    for start in WAYS {
        let site = site(&script);
        let server = start(site.as_ref(), Php::with_sse().ini("sse.adopt", "1"));
        let mut stream = server.get("/stream.php");
        stream.body.read_until(b"\n\n", soon()).unwrap();
        stream.into_wire().close();
        site.wait_for_contents("notes", "1\n", soon());
    }
}

#[test]
fn the_doctor_says_what_this_server_does() {
    let script =
        "<?php echo json_encode(Sse::doctor()['path'] . '; ' . Sse::doctor()['heartbeats']);";
    for start in WAYS {
        let site = site(script);
        let server = start(site.as_ref(), Php::with_sse());
        let body = server.get("/stream.php").into_text();
        assert_eq!(body, "\"through FrankenPHP; from a thread, also while PHP is blocked\"");
    }
}

#[test]
fn there_is_no_stream_without_a_request() {
    let script = format!(
        "<?php {NOTE}
        $try = function () use ($note) {{
            try {{ Sse::start(); }} catch (SseException $e) {{ $note($e->getMessage()); }}
        }};
        $try();
        frankenphp_handle_request(fn () => print('answered'));
        $try();"
    );
    let site = Site::new().file("worker.php", &script);
    let worker = site.path("worker.php");
    let server = FrankenPhp::new(&site, Php::with_sse()).threads(1).worker_script(&worker).start();
    assert_eq!(server.get("/").into_text(), "answered");
    let expected = "Sse::start(): no request is being answered here; call it in the function that \
        frankenphp_handle_request() is given\n";
    let deadline = soon();
    while site.read("notes").lines().count() < 2 {
        assert!(Instant::now() < deadline, "{}", site.read("notes"));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(site.read("notes").starts_with(&expected.repeat(2)), "{}", site.read("notes"));
}

#[test]
fn streams_go_on_when_php_has_started_anew() {
    let site = site(
        "<?php $sse = Sse::start(heartbeat: 0.05); $sse->send('ready'); usleep(200_000); echo \"data: x\\n\\n\";",
    );
    for start in WAYS {
        let server = start(site.as_ref(), Php::with_sse());
        for rounds in 0..3 {
            let body = server.get("/stream.php").into_text();
            assert!(
                body.starts_with(":\ndata: ready\n\n:\n") && body.contains("data: x\n\n"),
                "{rounds}: {body}"
            );
            server.reload();
            let said = "PHP has started anew";
            let deadline = soon();
            while server.log().matches(said).count() <= rounds {
                assert!(Instant::now() < deadline, "{}", server.log());
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

#[test]
fn a_server_that_stops_ends_its_streams() {
    let script = format!(
        "<?php {NOTE} $sse = Sse::start(heartbeat: 0.1); $sse->send('ready'); while ($sse->wait(60));
        $note($sse->stopReason()->name);"
    );
    for start in [WAYS[0], WAYS[2]] {
        let site = site(&script);
        let server = start(site.as_ref(), Php::with_sse());
        let mut stream = server.get("/stream.php");
        stream.body.read_until(b"data: ready\n\n", soon()).unwrap();
        server.signal(Signal::TERM);
        stream.body.read_to_end(soon()).unwrap();
        assert_eq!(stream.body.end(), Some(&End::Clean));
        site.wait_for_contents("notes", "Shutdown\n", soon());
    }
}
