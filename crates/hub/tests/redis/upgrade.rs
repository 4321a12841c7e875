//! A hub that goes on as another program while events flow through Redis, or while Redis does not answer:
//! nothing is lost, nothing comes twice, nobody waits for ever.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::{fs, thread};

use hub_protocol::{Client, EventId, Framing, Limit, Refusal, Reply, Request, Subscription};
use rustix::process::Signal;

use crate::hubs::{connected, publish_until, read_to_end, start, until_it_publishes};
use crate::server::{Server, eventually};
use crate::support::{
    Hub, Told, after, assert_reads, frame, next_event, next_reply, publish, soon, stream_by, to,
};

/// Has a hub say soon that Redis does not answer.
const SOON: [&str; 2] = ["--redis-wait", "200"];

/// A hub keeps so many events of a topic.
const KEPT: &str = "1";

/// A hub that follows Redis. It keeps few events of a topic: what clients have missed is asked of Redis.
fn hub(server: &Server) -> Hub {
    hub_with(server, &[])
}

fn hub_with(server: &Server, options: &[&str]) -> Hub {
    connected(&server.url(), &[&["--backlog-events", KEPT], options].concat())
}

/// Publishes, and waits until the hub has its own event back.
fn publish_and_wait(hub: &Hub, data: &str) -> EventId {
    let id = hub.publish(&["a"], data);
    eventually("it has arrived", || hub.status()["lastEventId"] == id.to_string());
    id
}

/// Sends a request; the answer comes later.
fn ask_later(hub: &Hub, request: &Request) -> Client {
    let mut client = hub.connect();
    client.send(request, None, soon()).unwrap();
    client
}

#[test]
fn nobody_misses_an_event_in_a_storm_of_upgrades_and_replays() {
    const STREAMS: usize = 50;
    const UPGRADES: usize = 10;
    let server = Server::start(&[]);
    let (hub, other) = (hub(&server), hub(&server));
    let first = hub.publish(&["a"], "first");
    let streams: Vec<_> =
        (0..STREAMS).map(|_| hub.stream(Framing::Raw, after(&first, &["a"]))).collect();
    let over = AtomicBool::new(false);
    let (mut published, seen) = thread::scope(|scope| {
        let reader = |stream| scope.spawn(move || read_to_end(stream));
        let mut readers: Vec<_> = streams.into_iter().map(reader).collect();
        // One through the hub that is upgraded, one through another machine's.
        let over = &over;
        let publishers =
            [&hub, &other].map(|hub| scope.spawn(move || publish_until(over, hub, "a")));
        // Clients that come back all the time, with what they have seen long ago.
        let visitor = scope.spawn(|| {
            let mut streams = Vec::new();
            while !over.load(SeqCst) && streams.len() < STREAMS {
                streams.push(hub.stream(Framing::Raw, after(&first, &["a"])));
            }
            streams
        });
        for _ in 0..UPGRADES {
            hub.upgrade();
        }
        over.store(true, SeqCst);
        readers.extend(visitor.join().unwrap().into_iter().map(reader));
        let published = publishers.map(|publisher| publisher.join().unwrap()).concat();
        hub.publish(&["a"], "end");
        let seen: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        (published, seen)
    });
    published.sort_by_key(|told| told.id);
    for (number, seen) in seen.iter().enumerate() {
        assert_eq!(seen.len(), published.len(), "stream {number}");
        assert_eq!(*seen, published, "stream {number}");
    }
}

#[test]
fn what_waits_for_redis_gets_its_answer_before_or_after() {
    let server = Server::start(&[]);
    let hub = hub(&server);
    let seen = hub.publish(&["a"], "seen");
    let missed = ["one", "two"].map(|data| frame(publish_and_wait(&hub, data), data)).concat();
    let mut live = hub.stream(Framing::Raw, to(&["a"]));
    assert_reads(&mut live, ":\n");

    // Redis answers nobody for a while.
    let mut pause = server.connect();
    redis::cmd("CLIENT").arg("PAUSE").arg(300).arg("ALL").exec(&mut pause).unwrap();
    let mut replayed = hub.stream(Framing::Raw, after(&seen, &["a"]));
    let publishers = ["b", "c"].map(|data| ask_later(&hub, &publish(&["a"], data)));
    hub.upgrade();
    let ids = publishers.map(|mut publisher| match next_reply(&mut publisher) {
        Reply::Published(id) => id,
        other => panic!("{other:?}"),
    });
    let mut frames = [frame(ids[0], "b"), frame(ids[1], "c")];
    if ids[0] > ids[1] {
        frames.reverse();
    }
    assert_reads(&mut live, frames.concat());
    assert_reads(&mut replayed, format!(":\n{missed}{}", frames.concat()));
}

/// A stream that has a lease.
fn leased_stream(hub: &Hub, limit: &Limit, subscription: Subscription) -> UnixStream {
    let mut worker = hub.leased_worker(&Request::Lease(vec![limit.clone()]));
    stream_by(&mut worker, Framing::Raw, subscription)
}

#[test]
fn what_a_frozen_redis_does_not_answer_is_said_or_asked_again() {
    let server = Server::start(&[]);
    let hub = hub_with(&server, &SOON);
    let limit = Limit { key: b"ann".to_vec(), max: 1, drops_oldest: false };
    let seen = hub.publish(&["a"], "seen");
    let missed = ["one", "two"].map(|data| frame(publish_and_wait(&hub, data), data)).concat();
    server.signal(Signal::STOP);
    let mut publisher = hub.connect();
    publisher.send(&publish(&["b"], "nobody knows"), None, soon()).unwrap();
    publisher.send(&Request::Status, None, soon()).unwrap();
    let mut replayed = leased_stream(&hub, &limit, after(&seen, &["a"]));
    let mut worker = hub.connect();
    let request = Request::Subscribe(after(&seen, &["a"]));
    assert_eq!(worker.call(&request, None, soon()).unwrap(), Reply::Subscribed);

    hub.upgrade();
    let Reply::Refused { refusal: Refusal::Unavailable, message } = next_reply(&mut publisher)
    else {
        panic!("it is not known");
    };
    assert!(message.contains("unknown whether the event was published"), "{message}");
    assert!(matches!(next_reply(&mut publisher), Reply::Status(_)), "what was asked after that");
    let lease = hub.ask(&Request::Lease(vec![limit.clone()]));
    assert_eq!(lease, Reply::Exceeded(limit.clone()), "the stream that waits keeps its lease");
    server.signal(Signal::CONT);
    assert_reads(&mut replayed, format!(":\n{missed}"));
    for data in ["one", "two"] {
        assert_eq!(next_event(&mut worker).data, data.as_bytes());
    }
    let last = until_it_publishes(&hub, "a", "last");
    assert_reads(&mut replayed, frame(last, "last"));
    drop(replayed);
    eventually("the lease is free", || {
        hub.ask(&Request::Lease(vec![limit.clone()])) == Reply::Granted
    });
}

#[test]
fn a_hub_that_has_to_stay_goes_on_with_what_waits() {
    let server = Server::start(&[]);
    let directory = tempfile::tempdir().unwrap();
    let program = directory.path().join("sse-hub");
    let options = [&["--backlog-events", KEPT], &SOON[..]].concat();
    let hub = Hub::start_copy(&program, &options, &server.url());
    hub.wait_for_redis();
    let seen = publish_and_wait(&hub, "seen");
    let missed = ["one", "two"].map(|data| frame(publish_and_wait(&hub, data), data)).concat();
    fs::remove_file(&program).unwrap();
    fs::copy("/bin/false", &program).unwrap();

    server.signal(Signal::STOP);
    let mut replayed = hub.stream(Framing::Raw, after(&seen, &["a"]));
    let mut publisher = ask_later(&hub, &publish(&["b"], "nobody knows"));
    publisher.send(&publish(&["b"], "and then?"), None, soon()).unwrap();
    let stayed = hub.ask(&Request::Upgrade);
    assert!(matches!(stayed, Reply::Refused { .. }), "{stayed:?}");
    let unknown = next_reply(&mut publisher);
    assert!(matches!(unknown, Reply::Refused { .. }), "{unknown:?}");
    server.signal(Signal::CONT);
    assert_reads(&mut replayed, format!(":\n{missed}"));
    next_reply(&mut publisher);
    publisher.send(&Request::Status, None, soon()).unwrap();
    let after_all = next_reply(&mut publisher);
    assert!(matches!(after_all, Reply::Status(_)), "one answer for each: {after_all:?}");
}

#[test]
fn a_hub_that_never_knew_redis_is_followed_by_one_that_does_not_invent_a_past() {
    let mut server = Server::start(&[]);
    {
        let elsewhere = hub(&server);
        elsewhere.publish(&["a"], "long ago");
    }
    server.kill();
    let hub = start(&server.url(), &[]);
    let mut client = hub.stream(Framing::Raw, to(&["a"]));
    assert_reads(&mut client, ":\n");
    hub.upgrade();
    server.restart();
    let mut client = BufReader::new(client);
    let mut next = || Told::next(&mut client).unwrap();
    let nowhere = next();
    assert!(nowhere.is_position() && nowhere.id == EventId::UNKNOWN, "{nowhere:?}");
    let reset = next();
    assert_eq!((&*reset.event, &*reset.data), ("reset", "{\"lastEventId\":null}"));
    let id = until_it_publishes(&hub, "a", "now");
    let now = next();
    assert_eq!((now.id, &*now.data), (id, "now"));
}

#[test]
fn a_stream_that_waits_until_its_hub_knows_redis_waits_on_with_the_next() {
    let server = Server::start(&[]);
    let elsewhere = hub(&server);
    let seen = elsewhere.publish(&["a"], "seen");
    let missed = frame(elsewhere.publish(&["a"], "missed"), "missed");
    server.signal(Signal::STOP);
    let hub = start(&server.url(), &[]);
    let mut client = hub.stream(Framing::Raw, after(&seen, &["a"]));
    hub.upgrade();
    server.signal(Signal::CONT);
    assert_reads(&mut client, format!(":\n{missed}"));
}

#[test]
fn the_new_hub_says_that_it_is_connected() {
    let server = Server::start(&[]);
    let hub = hub(&server);
    hub.upgrade();
    hub.wait_for_redis();
    let mut client = hub.stream(Framing::Raw, to(&["a"]));
    let id = hub.publish(&["a"], "x");
    assert_reads(&mut client, format!(":\n{}", frame(id, "x")));
}
