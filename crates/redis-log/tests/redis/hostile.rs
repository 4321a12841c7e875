//! A Redis that sends garbage. The hub survives it, and follows again once the replies are good.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hub_protocol::{EventId, EventName};
use redis_log::Update;

use crate::hub::Hub;
use crate::proxy::Proxy;
use crate::server::{Server, eventually};

/// Bytes that answer no command, or another than was sent.
fn garbage() -> Vec<Vec<u8>> {
    let texts = malformed_answers().into_iter().chain(impossible_entries());
    let mut garbage: Vec<Vec<u8>> = texts.map(String::into_bytes).collect();
    garbage.push(vec![0xff; 100]);
    garbage.push([&b"$1000000\r\n"[..], &[0; 1000]].concat());
    garbage
}

/// Answers that break the protocol, or are of a type that no command of ours gets.
fn malformed_answers() -> Vec<String> {
    vec![
        String::new(),
        "\r\n".into(),
        "HTTP/1.1 200 OK\r\n\r\n".into(),
        "+OK\r\n".into(),
        "+\u{1b}[2J\r\n".into(),
        ":-1\r\n".into(),
        ":99999999999999999999999\r\n".into(),
        "$-1\r\n".into(),
        "$-7\r\n".into(),
        "$3\r\nabcde\r\n".into(),
        "$9223372036854775807\r\nx".into(),
        "$536870912\r\nx".into(),
        "*-1\r\n".into(),
        "*0\r\n".into(),
        "*9223372036854775807\r\n".into(),
        format!("*1000000000\r\n{}", ":1\r\n".repeat(10_000)),
        "*1\r\n".repeat(10_000),
        "%1\r\n+a\r\n+b\r\n".into(),
        ">2\r\n+message\r\n+b\r\n".into(),
        "|1\r\n+a\r\n+b\r\n".into(),
        "-\r\n".into(),
        "-ERR a\r\n".into(),
        "-ERR a\n1 sse-hub[1]: forged\r\n".into(),
        format!("-{}\r\n", "E".repeat(100_000)),
    ]
}

/// Answers with times and entries that cannot be: ids out of order, out of range, or malformed.
fn impossible_entries() -> Vec<String> {
    let max = u64::MAX;
    let entry =
        |id: &str| format!("*2\r\n${}\r\n{id}\r\n*2\r\n$5\r\ntopic\r\n$1\r\nt\r\n", id.len());
    let read = |entries: &[&str]| {
        let entries: Vec<String> = entries.iter().map(|id| entry(id)).collect();
        format!("*1\r\n*2\r\n$3\r\nsse\r\n*{}\r\n{}", entries.len(), entries.concat())
    };
    vec![
        format!("*2\r\n$20\r\n{max}\r\n$20\r\n{max}\r\n"),
        "*2\r\n$2\r\n-1\r\n$2\r\n-1\r\n".into(),
        entry("1-1"),
        read(&[&format!("{max}-{max}")]),
        read(&["2-0", "1-0"]),
        read(&["1-0", "1-0"]),
        read(&["0-0"]),
        read(&["-1-1"]),
        read(&["18446744073709551616-0"]),
        read(&["x"]),
        read(&[]),
        "*1\r\n*2\r\n$3\r\nsse\r\n*1\r\n*2\r\n$3\r\n9-9\r\n*1\r\n$5\r\ntopic\r\n".into(),
        "*1\r\n*2\r\n$3\r\nsse\r\n*1\r\n*2\r\n$3\r\n9-9\r\n$-1\r\n".into(),
    ]
}

const STEPS: [&str; 7] = ["PING", "XREVRANGE", "TIME", "XLEN", "XREAD", "XRANGE", "XADD"];

#[test]
fn garbage_at_any_step_is_survived_and_a_good_redis_is_followed_again() {
    let garbage = Arc::new(garbage());
    let next = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (garbage, next) = (Arc::clone(&garbage), Arc::clone(&next));
            thread::spawn(move || {
                let server = Server::start(&[]);
                let proxy = Proxy::start(&server);
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let Some(bytes) = garbage.get(number) else { return };
                    for step in STEPS {
                        survive(&proxy, step, bytes);
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Runs a hub that gets these bytes in reply to one command, then a good Redis.
fn survive(proxy: &Proxy, step: &'static str, bytes: &[u8]) {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
    let faked = Arc::new(AtomicUsize::new(0));
    let (fake, count) = (bytes.to_vec(), Arc::clone(&faked));
    proxy.fake_replies(move |asked| {
        asked.contains(step).then(|| {
            count.fetch_add(1, Ordering::SeqCst);
            fake.clone()
        })
    });
    let mut hub = Hub::start(&proxy.url());
    let end = Instant::now() + Duration::from_secs(20);
    // At its beginning a hub asks but once, and may take garbage for an answer.
    let often = if ["XREVRANGE", "TIME"].contains(&step) { 1 } else { 2 };
    while faked.load(Ordering::SeqCst) < often {
        assert!(Instant::now() < end, "{step} is never asked, {shown:?}");
        drop(hub.append(7, "t", "unknown"));
        let up_to = EventId { milliseconds: 9, sequence: 9 };
        hub.log.page(EventId::ZERO, up_to, 8);
        hub.pause(Duration::from_millis(20));
    }
    proxy.pass_replies();
    let mut last = EventId::ZERO;
    while last == EventId::ZERO || hub.arrived.last().is_none_or(|entry| entry.id < last) {
        assert!(Instant::now() < end, "{step}: nothing arrives after {shown:?}");
        if let Ok(id) = hub.publish("t", "good") {
            last = id;
        }
        hub.pause(Duration::from_millis(50));
    }
}

#[test]
fn an_error_reply_is_reported_on_one_short_line_and_without_the_password() {
    let server = Server::start(&["--requirepass", "s3cret"]);
    let proxy = Proxy::start(&server);
    let text =
        format!("-ERR s3cret\r1 sse-hub[1]: f\u{1b}[2K\u{2028}\u{202e}{}\r\n", "x".repeat(3000));
    proxy.fake_replies(move |asked| asked.contains("PING").then(|| text.clone().into_bytes()));
    let mut hub = Hub::start(&proxy.url().replace("redis://", "redis://:s3cret@"));
    let why = hub.until_disconnected();
    assert!(why.starts_with("ERR *** 1 sse-hub[1]: f [2K  xxx"), "{why}");
    assert!(!why.contains(char::is_control) && why.chars().count() <= 500, "{}", why.len());
    eventually("publishing is refused", || {
        hub.publish("t", "x").is_err_and(|error| error.to_string().contains(&why))
    });
}

#[test]
fn an_answer_that_trickles_in_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            // It never keeps anybody waiting for long, and never comes to an end.
            thread::spawn(move || {
                drop(client.write_all(b"$1000\r\n"));
                while client.write_all(b"1").is_ok() {
                    thread::sleep(Duration::from_millis(300));
                }
            });
        }
    });
    let mut hub = Hub::start(&url);
    let why = hub.until_disconnected();
    assert!(why.contains("check host, port and TLS"), "{why}");
}

#[test]
fn an_event_that_is_too_large_is_replaced_by_a_reset() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    let mut large = redis::cmd("XADD");
    large.arg("sse").arg("*").arg("topic").arg("t").arg("data").arg(vec![b'x'; 20 << 20]);
    let large: String = large.query(&mut server.connect()).unwrap();
    let last = hub.publish("t", "last").unwrap();
    let missing = ["first", r#"{"lastEventId":null}"#, "last"];
    let length = hub.until("it is reported", |update| match update {
        Update::TooLarge { id, length } => (id.to_string() == large).then_some(*length),
        _ => None,
    });
    assert_eq!(length, 20 << 20);
    hub.until_arrived(last);
    assert_eq!(hub.data("t"), missing);
    let reset = &hub.arrived[hub.arrived.len() - 2];
    assert_eq!(reset.publication.event.as_ref().map(EventName::as_str), Some("reset"));
    assert_eq!(reset.id.to_string(), large);

    let range = hub.range(first, last).unwrap();
    assert_eq!(crate::hub::data(&range, "t"), missing[1..]);
    let page = Hub::start(&server.url()).until("it begins", |update| match update {
        Update::Began(page) => Some(page.events.iter().map(|(entry, _)| entry.clone()).collect()),
        _ => None,
    });
    let page: Vec<redis_log::Entry> = page;
    assert_eq!(crate::hub::data(&page, "t"), missing);
}

#[test]
fn pages_that_are_too_large_to_keep_come_in_parts() {
    let server = Server::start(&[]);
    let mut hub = Hub::following(&server.url());
    let first = hub.publish("t", "first").unwrap();
    hub.until_arrived(first);
    let mut pipe = redis::pipe();
    pipe.atomic().cmd("CLIENT").arg("KILL").arg("TYPE").arg("normal").arg("SKIPME").arg("yes");
    for number in 0..60 {
        let data = format!("{}{number}", "0".repeat(1_000_000));
        pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", "t", "data", &data]);
    }
    pipe.exec(&mut server.connect()).unwrap();
    hub.until_it_can_publish();
    let last = hub.publish("t", "last").unwrap();
    hub.until_arrived(last);
    let of = |entries: &[redis_log::Entry]| {
        let data = crate::hub::data(entries, "t");
        data.iter().map(|data| data.trim_start_matches('0').to_owned()).collect::<Vec<_>>()
    };
    let mut expected = vec!["first".to_owned(), String::new()];
    expected.extend((1..60).map(|number| number.to_string()));
    expected.push("last".into());
    assert_eq!(of(&hub.arrived), expected);
    assert_eq!(hub.lost, []);
    assert_eq!(of(&hub.range(first, last).unwrap()), expected[1..]);
    let left_out = Hub::start(&server.url()).until("it begins", |update| match update {
        Update::Began(page) => Some((page.left_out.is_some(), page.events.len() < 60)),
        _ => None,
    });
    assert_eq!(left_out, (true, true), "what there was no room for is known to be left out");
}
