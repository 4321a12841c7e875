//! The port for Prometheus: who connects there is answered, and holds nothing up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use hub_protocol::{Reply, Request};

use support::{Hub, publish, wait_until};

/// More than are let in.
const SILENT: usize = 200;

fn start() -> (Hub, SocketAddr) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    (Hub::start(&["--metrics", &port.to_string()]), port)
}

fn connect(port: SocketAddr) -> TcpStream {
    let connection = TcpStream::connect(port).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection
}

/// Reads its answer, up to the end.
fn ask(port: SocketAddr, request: &[u8]) -> io::Result<String> {
    let mut connection = TcpStream::connect(port)?;
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    connection.write_all(request)?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Waits until the answer has this in it: numbers are a second old at most.
#[track_caller]
fn wait_for_answer(port: SocketAddr, expected: &str) {
    wait_until(expected, || {
        let answer = ask(port, b"GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n");
        answer.is_ok_and(|answer| answer.contains(expected))
    });
}

#[test]
fn prometheus_is_answered_on_its_port_and_on_the_socket() {
    let (hub, port) = start();
    hub.publish(&["a"], "x");
    let published = "# TYPE sse_hub_published_total counter\nsse_hub_published_total 1\n";
    wait_for_answer(port, published);
    hub.upgrade();
    wait_for_answer(port, "sse_hub_backlog_events 1\n");
    let Reply::Metrics(text) = hub.ask(&Request::Metrics) else { panic!("no metrics") };
    assert!(text.contains("sse_hub_backlog_events 1\n"), "{text}");
}

fn publish_one(hub: &Hub) {
    let reply = hub.ask(&publish(&["a"], "x"));
    assert!(matches!(reply, Reply::Published(_)), "{reply:?}");
}

/// True while the hub has neither said anything nor hung up.
fn is_waited_for(mut connection: &TcpStream) -> bool {
    connection.set_nonblocking(true).unwrap();
    connection.read(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

#[test]
fn who_asks_for_metrics_and_says_nothing_is_waited_for_beside_all_else() {
    let (hub, port) = start();
    wait_for_answer(port, "sse_hub_published_total 0\n");
    let silent = [(); 10].map(|()| connect(port));
    let mut slow = connect(port);
    slow.write_all(b"GET /metrics HTTP/1.1\r\nX: ").unwrap();
    publish_one(&hub);
    let waited_for = silent.iter().filter(|it| is_waited_for(it)).count();
    assert_eq!(waited_for, silent.len(), "so many were still waited for");
    // A request is answered, however many say nothing.
    wait_for_answer(port, "sse_hub_published_total 1\n");
    slow.write_all(b"x\r\n\r\n").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[test]
fn however_many_come_there_are_few_and_whoever_asks_is_answered() {
    let (hub, port) = start();
    wait_for_answer(port, "sse_hub_published_total 0\n");
    let before = hub.descriptors();
    let silent: Vec<_> = (0..SILENT).map(|_| connect(port)).collect();
    wait_for_answer(port, "sse_hub_published_total 0\n");
    let more = hub.descriptors() - before;
    assert!(more <= 40, "{more} descriptors for {SILENT} who say nothing");
    let kept = silent.iter().filter(|it| is_waited_for(it)).count();
    assert!(kept <= 32, "{kept} are kept");
    publish_one(&hub);
    drop(silent);
    wait_until("its descriptors are closed", || hub.descriptors() <= before);
}

#[test]
fn what_is_no_question_for_metrics_is_told_so() {
    let (_hub, port) = start();
    wait_for_answer(port, "sse_hub_published_total 0\n");
    for (request, status) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "404 Not Found"),
        (b"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "405 Method Not Allowed"),
        (b"nonsense\r\n\r\n", "400 Bad Request"),
        (&[b"GET /metrics HTTP/1.1\r\nX: ", &[b'x'; 10_000][..]].concat(), "431 Request Header"),
    ] {
        let answer = ask(port, request).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}
