//! Streams that end before their scripts: the client sees the end at `close()`, the script works on, and its
//! worker serves the next request as ever.

use std::path::Path;

use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::reader::End;
use server_tests::server::{Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

type Start = fn(&Path, Php) -> Server;

/// Closes its stream, and then waits for the test.
const SCRIPT: &str = r"<?php
    final class Guard { public function __destruct() { note('destructor'); } }
    $guard = new Guard();
    register_shutdown_function(fn () => note('shutdown function'));
    BEGIN
    echo 'to nobody';
    flush();
    note('closed');
    fgets(fopen(__DIR__ . '/gate', 'r'));
    error_log('logged behind the stream');
    if (function_exists('fastcgi_finish_request')) {
        fastcgi_finish_request();
    }
    note('body: ' . strlen(file_get_contents('php://input')));
    ";

const NEXT: &str = "<?php echo 'next ', strlen(file_get_contents('php://input'));";

const ENDS: [(&str, &str); 3] = [
    (
        "$sse = Sse::start()->onClose(fn ($reason) => note($reason->name)); $sse->close('bye', 'end');",
        ":\nevent: end\ndata: bye\n\n",
    ),
    (
        "$sse = Sse::start()->onClose(fn ($reason) => note($reason->name)); $sse->send('x'); echo \"data: y\\n\\n\"; $sse->close();",
        ":\ndata: x\n\ndata: y\n\n",
    ),
    (
        "Sse::stream(fn ($sse) => $sse->onClose(fn ($reason) => note($reason->name))->close('z'));",
        ":\ndata: z\n\n",
    ),
];

fn serve(script: &str, start: Start) -> (Served, server_tests::site::Gate) {
    let site =
        Site::new().file("stream.php", SCRIPT.replace("BEGIN", script)).file("next.php", NEXT);
    let gate = site.gate("gate");
    (Served::new(site, Php::with_sse(), start), gate)
}

#[track_caller]
fn end_at_once(start: Start) {
    for (script, expected) in ENDS {
        let (served, gate) = serve(script, start);
        let mut notes = String::new();
        // More than once: the worker is the same.
        for _ in 0..3 {
            let mut stream = served.get("/stream.php");
            let body = stream.body.read_to_end(soon()).unwrap();
            assert_eq!(String::from_utf8(body).unwrap(), expected, "{script}");
            assert_eq!(stream.body.end(), Some(&End::Clean), "{script}");
            notes += "Closed\nclosed\n";
            served.wait_for_notes(&notes);
            gate.release();
            notes += "body: 0\nshutdown function\ndestructor\n";
            assert_eq!(served.get("/next.php").into_body(), b"next 0", "{script}");
            served.wait_for_notes(&notes);
        }
        let logged = || served.log().contains("logged behind the stream").then_some(());
        wait_for("the error log", soon(), logged);
    }
}

#[track_caller]
fn end_at_once_with_a_body_that_nobody_read(start: Start) {
    const BODY: usize = 900_000;
    let big = "$sse = Sse::start(); $sse->close(str_repeat('x', 5_000_000));";
    let (served, gate) = serve(big, start);
    let request = |path: &str| {
        let request = Request::post(path, vec![b'y'; BODY]);
        request.header("Content-Type", "application/octet-stream")
    };
    let mut stream = served.send(&request("/stream.php"));
    let body = stream.body.read_to_end(soon()).unwrap();
    assert_eq!(body.len(), ":\ndata: \n\n".len() + 5_000_000);
    assert!(body.ends_with(b"x\n\n"));
    assert_eq!(stream.body.end(), Some(&End::Clean));
    served.wait_for_notes("closed\n");
    gate.release();
    let next = served.send(&request("/next.php")).into_body();
    assert_eq!(String::from_utf8(next).unwrap(), format!("next {BODY}"));
    served.wait_for_notes(&format!("closed\nbody: {BODY}\nshutdown function\ndestructor\n"));
}

/// Requests on connections that nginx keeps, one right behind the other: none meets the end of a connection.
#[track_caller]
fn end_no_other_request(start: Start) {
    const REQUESTS: usize = 500;
    let site = Site::new().file("stream.php", "<?php Sse::start(heartbeat: 0)->close('bye');");
    let served = Served::new(site, Php::with_sse(), start);
    let request = Request::post("/stream.php", vec![b'y'; 70_000]);
    let answers: Vec<String> = (0..REQUESTS)
        .map(|_| served.send(&request).into_text())
        .filter(|body| body != ":\ndata: bye\n\n")
        .collect();
    assert!(answers.is_empty(), "{} of {REQUESTS}: {:?}", answers.len(), answers.first());
}

#[test]
fn closed_streams_on_kept_connections_end_no_other_request_on_fpm() {
    end_no_other_request(|root, php| Fpm::new(root, php).children(1).keepalive().start());
}

#[test]
fn closed_streams_on_kept_connections_end_no_other_request_on_cgi() {
    end_no_other_request(|root, php| Cgi::new(root, php).children(1).keepalive().start());
}

macro_rules! on_servers_that_can {
    ($($server:ident: $start:expr,)*) => {
        $(mod $server {
            use super::*;

            const START: Start = $start;

            #[test]
            fn closed_streams_end_at_once() {
                end_at_once(START);
            }

            #[test]
            fn closed_streams_end_at_once_also_if_nobody_read_the_requests_body() {
                end_at_once_with_a_body_that_nobody_read(START);
            }
        })*
    };
}

on_servers_that_can! {
    builtin_server: |root, php| Builtin::new(root, php).start(),
    fpm: |root, php| Fpm::new(root, php).children(1).start(),
    fpm_over_tcp: |root, php| Fpm::new(root, php).children(1).over_tcp().start(),
    fpm_keepalive: |root, php| Fpm::new(root, php).children(1).keepalive().start(),
    cgi: |root, php| Cgi::new(root, php).children(1).start(),
    cgi_keepalive: |root, php| Cgi::new(root, php).children(1).keepalive().start(),
}
