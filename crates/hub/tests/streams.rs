//! The clients of handed-over connections, and the bytes that they get.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod support;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use hub_protocol::{
    EventId, Framing, HeartbeatText, Limit, Reply, Request, Response, Subscription,
};
use rustix::process::Signal;

use support::{
    FASTCGI, Hub, after, assert_ends, assert_reads, chunk, frame, hand_over, next_event, position,
    publish, published, record, response, soon, stream_by, to, topics,
};

#[test]
fn an_event_reaches_everyone_who_follows_one_of_its_topics_once() {
    let hub = Hub::start(&[]);
    let mut both = hub.stream(Framing::Raw, to(&["a", "b"]));
    let mut other = hub.stream(Framing::Raw, to(&["c"]));
    hub.wait_for("streams", 2);
    let first = hub.publish(&["a", "b"], "one\ntwo");
    let second = hub.publish(&["c"], "three");
    let third = hub.publish(&["b"], "four");
    let expected = format!(":\nid: {first}\ndata: one\ndata: two\n\n{}", frame(third, "four"));
    assert_reads(&mut both, expected);
    assert_reads(&mut other, format!(":\n{}", frame(second, "three")));
    assert!(first < second && second < third);
}

#[test]
fn a_worker_without_a_commit_keeps_its_connection() {
    let hub = Hub::start(&[]);
    let mut worker = hub.connect();
    let (mut client, connection) = hand_over(&mut worker, response(Framing::Raw), to(&["a"]));
    hub.publish(&["a"], "not yet");
    drop(worker);
    hub.wait_for("streams", 0);
    (&connection).write_all(b"still mine").unwrap();
    drop(connection);
    assert_ends(&mut client, "still mine");
}

#[test]
fn what_is_published_between_hand_over_and_commit_is_not_missed() {
    let hub = Hub::start(&[]);
    let mut worker = hub.connect();
    let response = Response { framing: Framing::Raw, before: b"\n".to_vec(), coding: None };
    let (mut client, connection) = hand_over(&mut worker, response, to(&["a"]));
    drop(connection);
    let id = hub.publish(&["a"], "between");
    worker.send(&Request::Commit, None, soon()).unwrap();
    assert_reads(&mut client, format!("\n:\n{}", frame(id, "between")));
}

#[test]
fn what_was_published_since_the_script_began_is_not_missed() {
    let hub = Hub::start(&[]);
    hub.publish(&["a"], "before");
    let began = Subscription::now();
    let id = hub.publish(&["a"], "since");
    let mut client = hub.stream(Framing::Raw, Subscription { began, ..to(&["a"]) });
    let mut late = hub.stream(Framing::Raw, to(&["a"]));
    assert_reads(&mut client, format!(":\n{}", frame(id, "since")));
    let id = hub.publish(&["a"], "live");
    assert_reads(&mut client, frame(id, "live"));
    assert_reads(&mut late, format!(":\n{}", frame(id, "live")));
}

#[test]
fn who_comes_back_gets_what_was_missed_and_then_what_is_new() {
    let hub = Hub::start(&[]);
    let ids: Vec<EventId> = (0..5).map(|i| hub.publish(&["a"], &i.to_string())).collect();
    hub.publish(&["b"], "of no interest");
    let mut client = hub.stream(Framing::Raw, after(&ids[1], &["a"]));
    let missed: String = (2..5).map(|i| frame(ids[i], &i.to_string())).collect();
    assert_reads(&mut client, format!(":\n{missed}"));
    let id = hub.publish(&["a"], "new");
    assert_reads(&mut client, frame(id, "new"));
}

#[test]
fn who_has_missed_what_is_not_kept_any_more_is_told() {
    let hub = Hub::start(&["--backlog-events", "2"]);
    let ids: Vec<EventId> = (0..4).map(|i| hub.publish(&["a"], &i.to_string())).collect();
    for last in [ids[0].to_string(), "nonsense".to_owned(), "9999999999999999-0".to_owned()] {
        let mut client = hub.stream(Framing::Raw, after(&last, &["a"]));
        let reset = format!("event: reset\ndata: {{\"lastEventId\":\"{last}\"}}");
        assert_reads(&mut client, format!(":\nid: {}\n{reset}\n\n", ids[3]));
    }
    let mut client = hub.stream(Framing::Raw, after(&ids[1], &["a"]));
    assert_reads(&mut client, format!(":\n{}{}", frame(ids[2], "2"), frame(ids[3], "3")));
}

#[test]
fn ids_go_on_after_a_kill_and_who_comes_back_is_told() {
    let hub = Hub::start(&[]);
    let last = hub.publish(&["a"], "lost");
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.wait(), &[]);
    let mut client = hub.stream(Framing::Raw, after(&EventId::ZERO.next(1), &["a"]));
    let mut bytes = [0; 64];
    let length = client.read(&mut bytes).unwrap();
    assert!(String::from_utf8_lossy(&bytes[..length]).contains("event: reset\n"));
    assert!(hub.publish(&["a"], "later") > last);
}

#[test]
fn fastcgi_and_chunks_frame_what_is_sent_and_its_end() {
    let hub = Hub::start(&["--shards", "2"]);
    let position = position(hub.position());
    let mut fastcgi = hub.stream(FASTCGI, to(&["a"]));
    let mut chunked = hub.stream(Framing::Chunked, to(&["a"]));
    hub.wait_for("streams", 2);
    let frame = frame(hub.publish(&["a"], "x"), "x");
    let all = [":\n", &position, &frame];
    assert_reads(&mut fastcgi, all.map(record).concat());
    assert_reads(&mut chunked, all.map(chunk).concat());
    hub.signal(Signal::TERM);
    let goodbye = |i| format!("retry: {i}\n");
    let end = b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0";
    assert_ends(
        &mut fastcgi,
        [b"\x01\x06\0\x01\0\x0c\0\0", goodbye(1000).as_bytes(), end].concat(),
    );
    assert_ends(&mut chunked, format!("c\r\n{}\r\n0\r\n\r\n", goodbye(1000)));
    hub.wait();
}

#[test]
fn a_silent_stream_gets_heartbeats() {
    let hub = Hub::start(&[]);
    let mut client = hub.stream(Framing::Raw, Subscription { heartbeat: 50, ..to(&["a"]) });
    assert_reads(&mut client, ":\n:\n:\n:\n");
}

#[test]
fn heartbeats_say_what_the_script_wants() {
    let hub = Hub::start(&[]);
    let heartbeat_text = HeartbeatText::try_from(Box::from("keep-alive")).unwrap();
    let says = Subscription { heartbeat: 50, heartbeat_text, ..to(&["a"]) };
    let mut client = hub.stream(Framing::Raw, says.clone());
    let mut fastcgi = hub.stream(FASTCGI, says);
    assert_reads(&mut client, ": keep-alive\n: keep-alive\n");
    let heartbeat = record(": keep-alive\n");
    let position = record(&position(hub.position()));
    assert_reads(&mut fastcgi, [&heartbeat[..], &position, &heartbeat].concat());
    hub.upgrade();
    assert_reads(&mut client, ": keep-alive\n: keep-alive\n");
}

#[test]
fn a_stream_ends_when_its_time_is_over() {
    let hub = Hub::start(&[]);
    let mut client = hub.stream(FASTCGI, Subscription { lifetime: 100, ..to(&["a"]) });
    let all = [":\n", &position(hub.position())].map(record).concat();
    let end = b"\x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0";
    assert_ends(&mut client, [&all[..], end].concat());
    hub.wait_for("streams", 0);
}

#[test]
fn no_stream_ends_with_a_comment() {
    let hub = Hub::start(&[]);
    let position = position(hub.position());
    let times = Subscription { lifetime: 1000, heartbeat: 300, ..to(&["a"]) };
    let retrying = Subscription { retry: 700, ..times.clone() };
    let mut silent = hub.stream(Framing::Raw, retrying.clone());
    let mut chunked = hub.stream(Framing::Chunked, times);
    let mut busy = hub.stream(Framing::Raw, Subscription { heartbeat: 0, ..retrying });
    hub.wait_for("streams", 3);
    let frame = frame(hub.publish(&["a"], "x"), "x");
    let said = |client: &mut UnixStream, heartbeat: &str| {
        let mut all = String::new();
        client.read_to_string(&mut all).unwrap();
        assert!(all.matches(heartbeat).count() > 1, "no heartbeat: {all:?}");
        all.replace(heartbeat, "").replace(&frame, "").replace(&position, "")
    };
    assert_eq!(said(&mut silent, ":\n"), "retry: 700\n");
    let length = format!("{:x}", frame.len());
    let told = format!("{:x}", position.len());
    let end = format!("{told}\r\n\r\n{length}\r\n\r\n6\r\nevent\n\r\n0\r\n\r\n");
    let chunked = said(&mut chunked, "2\r\n:\n\r\n");
    assert_eq!(chunked, end);
    assert_ends(&mut busy, format!(":\n{frame}"));
}

#[test]
fn no_stream_ends_with_a_comment_that_another_hub_has_sent() {
    let hub = Hub::start(&[]);
    let times = Subscription { lifetime: 1500, heartbeat: 200, retry: 700, ..to(&["a"]) };
    let mut client = hub.stream(Framing::Raw, times);
    assert_reads(&mut client, ":\n:\n");
    hub.upgrade();
    let mut rest = String::new();
    client.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.replace(":\n", ""), "retry: 700\n");
}

#[test]
fn a_client_that_reads_nothing_is_dropped_and_others_are_not() {
    let hub = Hub::start(&["--backlog-events", "10", "--queue", "100000"]);
    let slow = hub.stream(Framing::Raw, to(&["a"]));
    let mut fast = hub.stream(Framing::Raw, to(&["a"]));
    hub.wait_for("streams", 2);
    assert_reads(&mut fast, ":\n");
    let data = "x".repeat(10_000);
    for _ in 0..100 {
        let id = hub.publish(&["a"], &data);
        assert_reads(&mut fast, frame(id, &data));
    }
    hub.wait_for("droppedSlow", 1);
    // It is counted before it is dropped.
    hub.wait_for("streams", 1);
    drop(slow);
}

#[test]
fn a_client_that_takes_nothing_for_too_long_is_dropped() {
    let hub = Hub::start(&["--queue", "10000000"]);
    let slow = hub.stream(Framing::Raw, Subscription { write_timeout: 200, ..to(&["a"]) });
    hub.wait_for("streams", 1);
    hub.publish(&["a"], &"x".repeat(1_000_000));
    hub.wait_for("droppedStalled", 1);
    drop(slow);
}

#[test]
fn a_long_replay_does_not_make_a_slow_client() {
    let hub = Hub::start(&[]);
    let first = hub.publish(&["a"], "first");
    let data = "x".repeat(10_000);
    let ids: Vec<EventId> = (0..100).map(|_| hub.publish(&["a"], &data)).collect();
    let mut client = hub.stream(Framing::Raw, after(&first, &["a"]));
    hub.wait_for("streams", 1);
    let live = hub.publish(&["a"], "live");
    let replay: String = ids.iter().map(|id| frame(*id, &data)).collect();
    assert_reads(&mut client, format!(":\n{replay}{}", frame(live, "live")));
}

#[test]
fn a_worker_that_serves_a_stream_itself_gets_the_same_events() {
    let hub = Hub::start(&[]);
    let first = hub.publish(&["a"], "0");
    let second = hub.publish(&["a", "b"], "1");
    let mut worker = hub.connect();
    let request = Request::Subscribe(after(&first, &["a"]));
    assert_eq!(worker.call(&request, None, soon()).unwrap(), Reply::Subscribed);
    let delivery = next_event(&mut worker);
    assert_eq!((delivery.id, &delivery.data[..]), (second, &b"1"[..]));
    assert_eq!(delivery.topics, topics(&["a", "b"]).to_vec());
    let third = hub.publish(&["a"], "2");
    assert_eq!(next_event(&mut worker).id, third);
    drop(worker);
    hub.wait_for("workers", 0);
}

#[test]
fn a_lease_goes_with_the_stream() {
    let hub = Hub::start(&[]);
    let limit = Limit { key: b"ann".to_vec(), max: 1, drops_oldest: false };
    let lease = Request::Lease(vec![limit.clone()]);
    let mut worker = hub.leased_worker(&lease);
    let client = stream_by(&mut worker, Framing::Raw, to(&["a"]));
    drop(worker);
    hub.wait_for("streams", 1);
    assert_eq!(hub.ask(&lease), Reply::Exceeded(limit));
    drop(client);
    hub.wait_for("streams", 0);
    assert_eq!(hub.ask(&lease), Reply::Granted);
}

#[test]
fn many_requests_on_one_connection_are_answered_in_order() {
    let hub = Hub::start(&[]);
    let mut client = hub.connect();
    for _ in 0..100 {
        client.send(&publish(&["a"], "x"), None, soon()).unwrap();
    }
    let mut last = EventId::ZERO;
    for _ in 0..100 {
        let id = published(&mut client);
        assert!(id > last);
        last = id;
    }
}
