//! The bytes that each script sends.

use std::fmt::Write;

use serde_json::Value;
use server_tests::http::Request;
use server_tests::patience::soon;

use crate::site::{Demo, frame};

#[test]
fn every_stream_starts_at_once() {
    let demo = Demo::start();
    for (script, expected) in [
        ("minimal", ":\n"),
        ("ticker", ":\n"),
        ("notifications", ":\nretry: 2000\n"),
        ("job", ":\nid: 1\nevent: progress\ndata: {\"row\":1,\"rows\":80}\n\n"),
        ("llm-relay", ":\nevent: token\ndata: Serv\n\n"),
        ("llm-upstream", ":\ndata: {\"choices\":[{\"delta\":{\"content\":\"Serv\"}}]}\n\n"),
        ("echo-beside", ":\nevent: echo\ndata: 1\n\nevent: sent\ndata: 1\n\n"),
    ] {
        let mut response = demo.get(&format!("/{script}.php"));
        assert_eq!(response.status(), 200, "{script}");
        assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
        let first = response.body.read_until(expected.as_bytes(), soon()).unwrap();
        assert_eq!(String::from_utf8_lossy(&first), expected, "{script}");
    }
}

#[test]
fn the_smallest_script_sends_the_time_of_day() {
    let demo = Demo::start();
    let mut response = demo.get("/minimal.php");
    response.body.read_until(b":\n", soon()).unwrap();
    let [first, second] = [(); 2].map(|()| frame(&mut response));
    assert_ne!(first, second);
    assert_eq!(first.replace(|c: char| c.is_ascii_digit(), "0"), "data: 00:00:00\n\n");
}

#[test]
fn the_ticker_sends_three_prices_that_move() {
    let demo = Demo::start();
    let mut stream = demo.get("/ticker.php").events();
    let [first, second] = [(); 2].map(|()| stream.next_event());
    assert_eq!(first.event, "prices");
    let prices: Value = serde_json::from_str(&first.data).unwrap();
    for symbol in ["ACME", "GLOBEX", "INITECH"] {
        assert!(prices[symbol].as_f64().unwrap() > 0.0, "{prices}");
    }
    assert_ne!(first.data, second.data);
}

#[test]
fn the_job_counts_its_rows_and_ends_with_done() {
    let demo = Demo::start();
    let mut expected = String::from(":\n");
    for row in 1..=80 {
        let data = format!(r#"{{"row":{row},"rows":80}}"#);
        write!(expected, "id: {row}\nevent: progress\ndata: {data}\n\n").unwrap();
    }
    expected += "event: done\ndata: {\"rows\":80}\n\n";
    let body = demo.get("/job.php").into_body();
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[test]
fn the_job_resumes_at_the_row_after_the_last_one_seen() {
    let demo = Demo::start();
    let request = Request::get("/job.php").header("Last-Event-ID", "79");
    let expected = b":\n\
        event: sse:position\nid: 79\ndata: {}\n\n\
        id: 80\nevent: progress\ndata: {\"row\":80,\"rows\":80}\n\n\
        event: done\ndata: {\"rows\":80}\n\n";
    assert_eq!(demo.send(&request).into_body(), expected);
}

#[test]
fn the_job_stops_when_nobody_watches() {
    let demo = Demo::start();
    demo.change("job.php", "ROWS = 80", "ROWS = 1000000");
    demo.get("/job.php").events().next_event();
    demo.wait_for_end_of("job.php");
}

#[test]
fn echo_stands_between_what_the_script_sends() {
    let demo = Demo::start();
    let mut expected = String::from(":\n");
    for n in 1..=5 {
        write!(expected, "event: echo\ndata: {n}\n\nevent: sent\ndata: {n}\n\n").unwrap();
    }
    expected += "event: done\ndata: \n\n";
    let body = demo.get("/echo-beside.php").into_body();
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}
