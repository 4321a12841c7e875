//! Clients: what they read, and how they leave; and the parsers that others have written.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use server_tests::http::Endpoint;
use server_tests::oracle::{Oracle, OracleEvent};
use server_tests::patience::{soon, within};
use server_tests::reader::{End, ReadError};

/// An endpoint where `serve` talks to one client.
fn endpoint(serve: impl FnOnce(TcpStream) + Send + 'static) -> (Endpoint, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let thread = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 16]).unwrap();
        serve(stream);
    });
    (Endpoint::plain(addr), thread)
}

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn a_stream_that_is_cut_off_does_not_end_cleanly() {
    let (endpoint, _thread) = endpoint(|mut stream| {
        stream.write_all(&[CHUNKED, b"9\r\ndata: 1\n\n\r\n"].concat()).unwrap();
    });
    let mut response = endpoint.get("/");
    assert_eq!(response.body.read_to_end(soon()).unwrap(), b"data: 1\n\n");
    assert!(matches!(response.body.end(), Some(End::Cut(_))));
}

#[test]
fn what_came_before_a_deadline_is_told_and_kept() {
    let (go, wait) = std::sync::mpsc::channel();
    let (endpoint, thread) = endpoint(move |mut stream| {
        stream.write_all(&[CHUNKED, b"3\r\none\r\n"].concat()).unwrap();
        wait.recv().unwrap();
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").unwrap();
    });
    let mut response = endpoint.get("/");
    let late = response.body.read_until(b"two", within(Duration::from_millis(50)));
    assert!(matches!(late, Err(ReadError::Late { received }) if received == b"one"));
    go.send(()).unwrap();
    assert_eq!(response.body.read_until(b"etw", soon()).unwrap(), b"onetw");
    assert_eq!(response.body.read_to_end(soon()).unwrap(), b"o");
    assert_eq!(response.body.end(), Some(&End::Clean));
    thread.join().unwrap();
}

#[test]
fn each_piece_has_its_time_of_arrival() {
    let (go, wait) = std::sync::mpsc::channel();
    let (endpoint, _thread) = endpoint(move |mut stream| {
        stream.write_all(&[CHUNKED, b"3\r\none\r\n"].concat()).unwrap();
        wait.recv().unwrap();
        stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").unwrap();
    });
    let mut response = endpoint.get("/");
    let one = response.body.next_piece(soon()).unwrap().unwrap();
    let between = Instant::now();
    go.send(()).unwrap();
    let two = response.body.next_piece(soon()).unwrap().unwrap();
    assert_eq!((one.bytes, two.bytes), (b"one".to_vec(), b"two".to_vec()));
    assert!(one.at <= between && between < two.at);
    assert_eq!(response.body.next_piece(soon()).unwrap(), None);
}

#[test]
fn a_client_can_close_reset_and_half_close() {
    let (first, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let response = first.get("/");
    response.body.source().wire().half_close();
    assert_eq!(response.into_body(), b"");
    thread.join().unwrap();

    let (second, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
    });
    second.get("/").into_wire().close();
    thread.join().unwrap();

    let (third, thread) = endpoint(|mut stream| {
        stream.write_all(CHUNKED).unwrap();
        let error = stream.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    });
    third.get("/").into_wire().reset();
    thread.join().unwrap();
}

#[test]
fn the_oracles_parse_a_stream_in_any_pieces() {
    let stream =
        "id: 1\nevent: x\ndata: a\r\ndata: \u{20ac}\r\rdata: b\u{2028}\n\n:\n\ndata: c\n\n";
    for (mut oracle, id_of_others) in
        [(Oracle::eventsource_parser(), None), (Oracle::httpx_sse(), Some("1"))]
    {
        for size in [1, 2, 3, stream.len()] {
            let events = oracle.parse(stream.as_bytes().chunks(size));
            let with_data = events.iter().filter(|event| !event.data.is_empty());
            let event = |event: &str, data: &str, id: Option<&str>| OracleEvent {
                event: event.to_owned(),
                data: data.to_owned(),
                id: id.map(str::to_owned),
            };
            let expected = [
                event("x", "a\n\u{20ac}", Some("1")),
                event("message", "b\u{2028}", id_of_others),
                event("message", "c", id_of_others),
            ];
            assert!(with_data.eq(&expected), "{events:?}");
        }
    }
}
