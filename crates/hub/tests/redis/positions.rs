//! Clients on quiet topics whose hubs share their events through a real Redis: what they are told is what Redis
//! knows, so that nothing is lost in silence when hubs come and go, and nobody is told reset for nothing.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hub_protocol::{EventId, Framing, Reply, Request, Subscription};
use rustix::process::Signal;

use crate::hubs::{connected, start};
use crate::server::{Server, eventually};
use crate::support::{Hub, Told, after, to};

type Client = BufReader<UnixStream>;

fn visit(hub: &Hub, subscription: Subscription) -> Client {
    BufReader::new(hub.stream(Framing::Raw, subscription))
}

/// Where a client is told that it is, before anything else.
#[track_caller]
fn position(client: &mut Client) -> EventId {
    let told = Told::next(client).unwrap();
    assert!(told.is_position(), "{told:?}");
    told.id
}

#[test]
fn the_first_event_of_a_topic_outlives_the_hub() {
    let server = Server::start(&[]);
    let (killed, other) = (connected(&server.url(), &[]), connected(&server.url(), &[]));
    other.publish(&["busy"], "x");
    eventually("it has come", || killed.position() == other.position());
    let at = position(&mut visit(&killed, to(&["quiet"])));
    killed.signal(Signal::KILL);
    let id = other.publish(&["quiet"], "first");
    add(&server, "busy", 300);
    let next = Hub::start_with(killed.wait(), &[], &server.url());
    next.wait_for_redis();
    for hub in [&next, &other] {
        let told = Told::next_event(&mut visit(hub, after(&at, &["quiet"])));
        assert_eq!((told.id, &*told.data), (id, "first"));
    }
}

#[test]
fn a_position_is_told_again_before_redis_forgets_it() {
    let server = Server::start(&[]);
    let url = server.url() + "?maxlen=1000";
    let (quiet, other) = (connected(&url, &[]), connected(&url, &[]));
    other.publish(&["busy"], "x");
    eventually("it has come", || quiet.position() == other.position());
    let mut client = visit(&quiet, to(&["quiet"]));
    let mut at = position(&mut client);
    for _ in 0..40 {
        // Not more at once than Redis keeps: a hub that is further behind has missed some.
        add(&server, "busy", 100);
        eventually("the other has it", || other.position() == newest(&server));
        eventually("both have it", || quiet.position() == newest(&server));
    }
    server.execute("XTRIM sse MAXLEN 1000");
    // Its connection is cut: what was sent until now is all that it has.
    client.get_ref().set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut times = 0;
    while let Some(told) = try_next(&mut client) {
        assert!(told.is_position() && told.id > at, "{told:?}");
        (at, times) = (told.id, times + 1);
    }
    assert!((6..=17).contains(&times), "told {times} times in 4000 events, 1000 of which are kept");
    drop(client);
    let id = other.publish(&["quiet"], "first");
    let fresh = connected(&url, &[]);
    for hub in [&fresh, &quiet] {
        let told = Told::next_event(&mut visit(hub, after(&at, &["quiet"])));
        assert_eq!((told.id, &*told.data), (id, "first"));
    }
}

/// Adds so many events, as hubs do that publish them.
fn add(server: &Server, topic: &str, times: usize) {
    let mut pipe = redis::pipe();
    for _ in 0..times {
        pipe.cmd("XADD").arg(&["sse", "*", "topic", topic, "data", "x"]).ignore();
    }
    pipe.query::<()>(&mut server.connect()).unwrap();
}

/// The id of the newest event that Redis has.
fn newest(server: &Server) -> EventId {
    let mut command = redis::cmd("XREVRANGE");
    command.arg(&["sse", "+", "-", "COUNT", "1"]);
    let entries: Vec<(String, Vec<String>)> = command.query(&mut server.connect()).unwrap();
    entries[0].0.parse().unwrap()
}

/// The next event; `None` when none comes any more.
fn try_next(client: &mut Client) -> Option<Told> {
    client.fill_buf().ok().filter(|bytes| !bytes.is_empty())?;
    Told::next(client)
}

#[test]
fn who_begins_between_two_events_can_come_back_to_any_hub() {
    let server = Server::start(&[]);
    let busy = connected(&server.url(), &[]);
    // The first of its millisecond: before it is no id that an event has.
    let (began, newest) = loop {
        let began = Subscription::now();
        let id = busy.publish(&["busy"], "since");
        eventually("it has come", || busy.position() == id);
        if id.sequence == 0 {
            break (began, id);
        }
    };
    let mut client = visit(&busy, Subscription { began, ..to(&["quiet"]) });
    let first = position(&mut client);
    assert!(first < newest);
    assert_eq!(position(&mut client), newest, "Redis knows no event with the first id");
    let id = busy.publish(&["quiet"], "first");
    let told =
        Told::next_event(&mut visit(&connected(&server.url(), &[]), after(&newest, &["quiet"])));
    assert_eq!((told.id, &*told.data), (id, "first"));
}

#[test]
fn who_is_there_before_its_hub_knows_redis_is_told_reset_when_it_is_back() {
    let mut server = Server::start(&[]);
    connected(&server.url(), &[]).publish(&["quiet"], "before");
    server.kill();
    let blind = start(&server.url(), &[]);
    let mut client = visit(&blind, to(&["quiet"]));
    assert_eq!(position(&mut client), EventId::UNKNOWN);
    drop(client);
    let mut early = visit(&blind, after(&EventId::UNKNOWN, &["quiet"]));
    let told = Told::next(&mut early).unwrap();
    assert!(told.is_reset() && told.id == EventId::UNKNOWN, "{told:?}");
    server.restart();
    blind.wait_for_redis();
    let other = connected(&server.url(), &[]);
    for hub in [&blind, &other] {
        let told = Told::next(&mut visit(hub, after(&EventId::UNKNOWN, &["quiet"]))).unwrap();
        assert!(told.is_reset(), "{told:?}");
        assert_eq!(told.id, hub.position());
    }
}

#[test]
fn a_stream_that_waits_for_redis_is_told_no_more_than_it_was_sent() {
    let server = Server::start(&[]);
    let options = ["--backlog-events", "1"];
    let waiting = connected(&server.url(), &options);
    let seen = waiting.publish(&["a"], "seen");
    let missed = [waiting.publish(&["a"], "one"), waiting.publish(&["a"], "two")];
    eventually("all have come", || waiting.position() == missed[1]);
    server.signal(Signal::STOP);
    let mut client = visit(&waiting, after(&seen, &["a"]));
    let mut untold = visit(&waiting, Subscription { position_sent: false, ..after(&seen, &["a"]) });
    waiting.wait_for("waiting", 2);
    assert_eq!(waiting.ask(&Request::Stop), Reply::Stopping);
    assert_eq!(Told::next(&mut client), None, "it comes back with what it knows");
    assert_eq!(position(&mut untold), seen);
    assert_eq!(Told::next(&mut untold), None);
    server.signal(Signal::CONT);
}
