//! The response is an event stream from its first line on: whole lists of headers are compared.

use server_tests::http::{Request, Response};

use super::{Kind, php, request};

/// The changes that a kind of server makes to the headers of a response. Where a value is another each time, the
/// name stands for the line.
pub(crate) struct Head {
    /// It adds these.
    pub(crate) always: fn() -> &'static [&'static str],
    /// It adds these, too, to a response with a body.
    pub(crate) with_a_body: &'static [&'static str],
    /// It does not send headers of these names, or sends its own instead.
    pub(crate) withheld: &'static [&'static str],
}

/// The head that the extension gives to the server.
const STREAM: [&str; 5] = [
    "Content-Type: text/event-stream;charset=UTF-8",
    "Cache-Control: no-store, no-transform",
    "X-Accel-Buffering: no",
    "Incremental: ?1",
    "Connection: keep-alive",
];

impl Head {
    /// In front of FPM and `php-cgi -b`.
    pub(crate) const NGINX: Self = Self {
        always: || &["Server", "Date", "Connection: keep-alive"],
        with_a_body: &["Transfer-Encoding: chunked"],
        withheld: &["X-Accel-Buffering", "Connection"],
    };

    /// The head is that of a stream, with these lines besides.
    #[track_caller]
    pub(crate) fn assert_stream(&self, response: &Response, besides: &[&str]) {
        self.assert_head(response, "200 OK", self.with_a_body, &[&STREAM, besides].concat());
    }

    #[track_caller]
    fn assert_no_content(&self, response: &Response, lines: &[&str]) {
        self.assert_head(response, "204 No Content", &[], lines);
    }

    /// The head is what this server makes of `lines`, and what it adds, in any order.
    #[track_caller]
    fn assert_head(&self, response: &Response, status: &str, added: &[&str], lines: &[&str]) {
        let passed = lines.iter().filter(|line| !self.withheld.contains(&name_of(line)));
        let mut expected: Vec<&str> = passed.chain((self.always)()).chain(added).copied().collect();
        let mut sent: Vec<&str> = response.head.lines().map(constant_part).collect();
        expected.sort_unstable();
        sent.sort_unstable();
        assert_eq!(sent, expected);
        assert_eq!(response.head.status_line(), format!("HTTP/1.1 {status}"));
    }
}

fn name_of(line: &str) -> &str {
    line.split(':').next().unwrap_or(line)
}

/// The line, or its name where the value is another each time.
fn constant_part(line: &str) -> &str {
    let name = name_of(line);
    if ["Date", "Host", "Server"].contains(&name) { name } else { line }
}

pub(crate) fn a_stream_has_its_own_headers_and_no_others(kind: &Kind) {
    let script = "<?php
        header('Content-Type: text/html');
        header('Content-Length: 1');
        header('Content-Encoding: br');
        header('Transfer-Encoding: identity');
        Sse::start()->send('sent');";
    let served = kind.serve(script);
    let stream = served.open();
    kind.head.assert_stream(&stream, &[]);
    assert_eq!(stream.into_text(), ":\ndata: sent\n\n");
}

pub(crate) fn headers_of_the_script_win(kind: &Kind) {
    let script = "<?php
        header('Cache-Control: private');
        header('X-Mine: header()');
        Sse::start(headers: ['X-Accel-Buffering' => 'yes', 'X-Also-Mine' => 'argument']);";
    let lines = [
        STREAM[0],
        "Cache-Control: private, no-transform",
        "X-Accel-Buffering: yes",
        STREAM[3],
        STREAM[4],
        "X-Mine: header()",
        "X-Also-Mine: argument",
    ];
    let served = kind.serve(script);
    let stream = served.open();
    kind.head.assert_head(&stream, "200 OK", kind.head.with_a_body, &lines);
    assert_eq!(stream.into_text(), ":\nevent\n");
}

pub(crate) fn no_transform_is_there_whoever_sets_cache_control(kind: &Kind) {
    let script = "<?php
        match ($_GET['by']) {
            'script' => header('Cache-Control: private') ?? header('Cache-Control: max-age=0', false),
            'callback' => header_register_callback(fn () => header('Cache-Control: private, max-age=0')),
            'framework' => array_map(header(...), array_map(
                fn ($name, $value) => \"$name: $value\",
                array_keys($headers = Sse::headers()),
                array_replace($headers, ['Cache-Control' => 'private, max-age=0']),
            )) && print(':') && flush(),
        };
        Sse::start();";
    let served = kind.serve(script);
    for by in ["script", "callback", "framework"] {
        let stream = served.get(&format!("/stream.php?by={by}"));
        let cache_control = stream.head.all("Cache-Control");
        assert_eq!(cache_control, ["private, max-age=0, no-transform"], "{by}");
        assert!(stream.into_text().contains(":\n"));
    }
}

pub(crate) fn a_stream_is_a_200_whatever_was_set_before(kind: &Kind) {
    let script = "<?php
        match ($_GET['set']) {
            'code' => http_response_code(500),
            'line' => header('HTTP/1.1 404 Not Found'),
            'status' => header('Status: 404 Not Found'),
            'location' => header('Location: /elsewhere'),
            'authenticate' => header('WWW-Authenticate: Basic realm=x'),
            'late' => header_register_callback(fn () => header('Location: /elsewhere')),
        };
        header('ETag: \"1\"');
        header('Last-Modified: Thu, 19 Nov 1981 08:52:00 GMT');
        header('Accept-Ranges: bytes');
        Sse::start();";
    let served = kind.serve(script);
    for set in ["code", "line", "status", "location", "authenticate", "late"] {
        let stream = served.get(&format!("/stream.php?set={set}"));
        kind.head.assert_stream(&stream, &[]);
        assert_eq!(stream.into_text(), ":\nevent\n");
    }
}

pub(crate) fn a_head_request_gets_the_head_and_a_closed_stream(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start();
        $open = $sse->isOpen() || $sse->send('sent') || $sse->wait(30);
        note($open ? 'open' : $sse->stopReason()->value);";
    let served = kind.serve(script);
    let response = served.send(&Request::head("/stream.php"));
    kind.head.assert_head(&response, "200 OK", &[], &STREAM);
    assert_eq!(response.into_body(), b"");
    served.wait_for_notes(&["closed"]);
}

pub(crate) fn a_listed_origin_may_read_the_stream_and_no_other(kind: &Kind) {
    let script = "<?php Sse::start(allowOrigin: ['https://a.example', 'https://b.example']);";
    let served = kind.serve(script);
    let listed = [
        "Vary: Origin",
        "Access-Control-Allow-Origin: https://b.example",
        "Access-Control-Allow-Credentials: true",
    ];
    let other = ["Vary: Origin"];
    for (origin, besides) in [("https://b.example", &listed[..]), ("https://c.example", &other)] {
        let stream = served.send(&request("/stream.php").header("Origin", origin));
        kind.head.assert_stream(&stream, besides);
        // To its end: nginx would not know yet that the connection to the one worker is free again.
        assert_eq!(stream.into_text(), ":\nevent\n");
    }
    kind.head.assert_stream(&served.open(), &other);
}

pub(crate) fn a_preflight_is_answered_and_the_script_ends(kind: &Kind) {
    let script = "<?php
        register_shutdown_function(fn () => note('shutdown function'));
        Sse::start(allowOrigin: 'https://a.example');
        note('went on');";
    let served = kind.serve(script);
    let preflight = Request::options("/stream.php")
        .header("Origin", "https://a.example")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "last-event-id");
    let response = served.send(&preflight);
    kind.head.assert_no_content(
        &response,
        &[
            "Allow: GET, HEAD, POST, OPTIONS",
            "Vary: Origin",
            "Access-Control-Allow-Origin: https://a.example",
            "Access-Control-Allow-Credentials: true",
            "Access-Control-Allow-Methods: GET, HEAD, POST",
            "Access-Control-Allow-Headers: Last-Event-ID",
            "Access-Control-Max-Age: 600",
        ],
    );
    assert_eq!(response.into_body(), b"");
    served.wait_for_notes(&["shutdown function"]);
}

pub(crate) fn stop_answers_204(kind: &Kind) {
    let script = "<?php
        echo 'thrown away';
        Sse::stop();
        echo 'thrown away';
        note('went on');";
    let served = kind.serve(script);
    let response = served.open();
    kind.head.assert_no_content(&response, &[]);
    assert_eq!(response.into_body(), b"");
    served.wait_for_notes(&["went on"]);
}

pub(crate) fn a_stream_after_html_is_refused_with_file_and_line(kind: &Kind) {
    let script = "<?php
        $html = '<html>';
        echo $html;
        try {
            Sse::start();
        } catch (SseException $e) {
            echo $e->getMessage(), ' @ ', $e->getLine();
        }";
    let served = kind.serve_with(php().ini("output_buffering", "0"), 1, script);
    let expected = format!(
        "<html>Sse::start(): output has begun in {} on line 3, with Content-Type: \
         text/html; charset=UTF-8; call it before any output, or send the headers of \
         Sse::headers() @ 5",
        served.site.path("stream.php").display()
    );
    assert_eq!(served.get("/stream.php").into_text(), expected);
}

pub(crate) fn what_is_done_to_the_head_of_a_stream_is_no_error(kind: &Kind) {
    let script = "<?php
        set_error_handler(fn ($level, $message) => note($message));
        $sse = Sse::start();
        for ($i = 0; $i < 1000; $i++) {
            header(\"X-Late: $i\", false);
            setcookie(\"late$i\", 'value');
        }
        header('Content-Type: text/html');
        header_remove('Cache-Control');
        header_remove();
        http_response_code(500);
        session_start();
        $sse->send('after it');
        note(json_encode([headers_sent($file, $line), basename($file), $line, http_response_code()]));";
    let served = kind.serve(script);
    let response = served.open();
    kind.head.assert_stream(&response, &[]);
    assert_eq!(response.into_text(), ":\ndata: after it\n\n");
    served.wait_for_notes(&[r#"[true,"stream.php",3,200]"#]);
}

pub(crate) fn the_last_event_id_comes_from_the_header_or_the_query(kind: &Kind) {
    let script = "<?php $sse = Sse::start(); $sse->send(['id' => $sse->lastEventId]);";
    let served = kind.serve(script);
    let by_header = request("/stream.php").header("Last-Event-ID", "41-ü");
    for (request, id) in [
        (by_header, "41-ü"),
        (request("/stream.php?lastEventId=42%20"), "42 "),
        (request("/stream.php?last_event_id=43"), "43"),
        (request("/stream.php?lastEventID=44&Last-Event-ID=44"), "44"),
        (request("/stream.php?Last-Event-ID=45"), "45"),
    ] {
        let body = served.send(&request).into_text();
        let position = format!("event: sse:position\nid: {id}\ndata: {{}}\n\n");
        assert_eq!(body, format!(":\n{position}data: {{\"id\":\"{id}\"}}\n\n"));
    }
    assert_eq!(served.body(), ":\ndata: {\"id\":null}\n\n");
}
