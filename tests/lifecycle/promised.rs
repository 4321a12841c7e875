//! Responses that go out with the content coding of `Sse::headers()`: whatever writes them, and however they end, they
//! are encoded to their last bytes.

use std::path::Path;

use server_tests::content_coding::{Coding, Decoded};
use server_tests::http::Request;
use server_tests::patience::soon;
use server_tests::reader::End;
use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

const SCRIPT: &str = r#"<?php
foreach (Sse::headers(compress: true) as $name => $value) {
    header("$name: $value");
}
$does = fn (string $what) => in_array($what, explode(' ', $_GET['does']), true);
if ($does('page')) {
    header('Content-Type: text/plain');
}
if ($does('head')) {
    echo "data: early\n\n";
    flush();
}
if ($does('start')) {
    Sse::start()->send('x');
} else {
    echo "data: x\n\n";
    ob_start();
    echo "data: buffered\n\n";
}
if ($does('finish') && function_exists('fastcgi_finish_request')) {
    fastcgi_finish_request();
    echo 'nobody reads this';
    flush();
}
if ($does('fail')) {
    no_such_function();
}
if ($does('exit')) {
    exit;
}
"#;

/// What the script does, and what its client gets.
const CASES: [(&str, &str); 11] = [
    ("", "data: x\n\ndata: buffered\n\n"),
    ("head", "data: early\n\ndata: x\n\ndata: buffered\n\n"),
    ("finish", "data: x\n\ndata: buffered\n\n"),
    ("head finish", "data: early\n\ndata: x\n\ndata: buffered\n\n"),
    ("fail", "data: x\n\ndata: buffered\n\n"),
    ("exit", "data: x\n\ndata: buffered\n\n"),
    ("start", ":\ndata: x\n\n"),
    ("head start", "data: early\n\n:\ndata: x\n\n"),
    ("head start finish", "data: early\n\n:\ndata: x\n\n"),
    ("start fail", ":\ndata: x\n\n"),
    ("page", "data: x\n\ndata: buffered\n\n"),
];

#[track_caller]
fn are_encoded_to_the_end(start: fn(&Path, Php) -> Server) {
    let served = Served::new(Site::new().file("stream.php", SCRIPT), Php::with_sse(), start);
    for (does, expected) in CASES {
        for coding in Coding::ALL {
            let target = format!("/stream.php?does={}", does.replace(' ', "%20"));
            let request = Request::get(&target).header("Accept-Encoding", coding.token());
            let mut body = Decoded::body_of(served.send(&request));
            let is_stream = does != "page";
            assert_eq!(body.source().coding(), is_stream.then_some(coding), "{does}");
            let text = String::from_utf8(body.read_to_end(soon()).unwrap()).unwrap();
            assert_eq!(
                (text.as_str(), body.end()),
                (expected, Some(&End::Clean)),
                "{does}, {coding:?}"
            );
        }
    }
}

#[test]
fn promised_streams_of_fpm_are_encoded_to_the_end() {
    are_encoded_to_the_end(|root, php| Fpm::new(root, php).children(1).start());
}

#[test]
fn promised_streams_of_php_cgi_are_encoded_to_the_end() {
    are_encoded_to_the_end(|root, php| Cgi::new(root, php).children(1).start());
}

#[test]
fn promised_streams_of_apache_are_encoded_to_the_end() {
    are_encoded_to_the_end(|root, php| Apache::new(root, php).children(1).start());
}

#[test]
fn promised_streams_of_the_builtin_server_are_encoded_to_the_end() {
    are_encoded_to_the_end(|root, php| Builtin::new(root, php).start());
}
