//! A server that is a PHP program, as `ReactPHP`'s and Workerman's are: it sends the head and the frames itself.

use server_tests::http::{Endpoint, Request};
use server_tests::patience::soon;
use server_tests::server::{Cli, Php};
use server_tests::site::Site;

const PROGRAM: &str = r#"<?php
$server = stream_socket_server('tcp://127.0.0.1:0');
echo stream_socket_get_name($server, false), "\n";
$client = stream_socket_accept($server);
while (rtrim(fgets($client)) !== '');
$head = "HTTP/1.1 200 OK\r\n";
foreach (Sse::headers() as $name => $value) {
    $head .= "$name: $value\r\n";
}
fwrite($client, "$head\r\n" . Sse::encode("one\ntwo", id: 1) . ":\n" . Sse::encode(['b' => 1], event: 'last'));
"#;

#[test]
fn a_server_that_is_a_php_program_has_the_head_and_the_frames_of_a_stream() {
    let site = Site::new().file("server.php", PROGRAM);
    let (_process, mut output) = Cli::new(site.path("server.php"), Php::with_sse()).start();
    let addr = String::from_utf8(output.read_until(b"\n", soon()).unwrap()).unwrap();
    let response = Endpoint::plain(addr.trim().parse().unwrap()).send(&Request::get("/"));
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    assert_eq!(response.header("Cache-Control"), Some("no-store, no-transform"));
    assert_eq!(response.header("X-Accel-Buffering"), Some("no"));
    let body = response.into_text();
    assert_eq!(body, "id: 1\ndata: one\ndata: two\n\n:\nevent: last\ndata: {\"b\":1}\n\n");
}
