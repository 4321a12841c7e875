//! The port for Prometheus: who connects there is answered, and holds nothing up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use hub_protocol::{Reply, Request};
use support::{Hub, publish, soon};

/// More than are looked at together.
const SILENT: usize = 100;

fn start() -> (Hub, SocketAddr) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    (Hub::start(&["--metrics", &port.to_string()]), port)
}

fn connect(port: SocketAddr) -> TcpStream {
    let connection = TcpStream::connect(port).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection
}

/// What it answers, and the end.
fn ask(port: SocketAddr, request: &[u8]) -> io::Result<String> {
    let mut connection = connect(port);
    connection.write_all(request)?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Waits until the answer has this in it: numbers are a second old at most.
#[track_caller]
fn wait_for_answer(port: SocketAddr, expected: &str) {
    let deadline = soon();
    loop {
        let answer = ask(port, b"GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n");
        if answer.as_ref().is_ok_and(|answer| answer.contains(expected)) {
            return;
        }
        assert!(Instant::now() < deadline, "{answer:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
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

/// How long some publications take, one after the other.
fn time_to_publish(hub: &Hub) -> Duration {
    let mut client = hub.connect();
    let start = Instant::now();
    for _ in 0..200 {
        let reply = client.call(&publish(&["a"], "x"), None, soon()).unwrap();
        assert!(matches!(reply, Reply::Published(_)), "{reply:?}");
    }
    start.elapsed()
}

#[test]
fn whoever_asks_for_metrics_and_says_nothing_holds_nothing_up() {
    let (hub, port) = start();
    let undisturbed = time_to_publish(&hub);
    let mut silent: Vec<_> = (0..2).map(|_| connect(port)).collect();
    let beside_two = time_to_publish(&hub);
    silent.extend((0..SILENT).map(|_| connect(port)));
    // These keep coming, as fast as they are let go of.
    let beside_many = std::thread::scope(|scope| {
        let comer = scope.spawn(|| {
            let until = Instant::now() + Duration::from_millis(500);
            let mut count = 0;
            while Instant::now() < until {
                drop(connect(port));
                count += 1;
            }
            count
        });
        let took = time_to_publish(&hub);
        (took, comer.join().unwrap())
    });
    println!(
        "200 publications: {undisturbed:?}; {beside_two:?} beside 2 who say nothing; {beside_many:?} beside many"
    );
    assert_eq!(hub.status()["published"], 600);
    wait_for_answer(port, "sse_hub_published_total 600\n");
}
