//! Hubs that share their events through a real Redis, which is killed, trimmed and emptied.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use hub_protocol::{EventId, Framing, Refusal, Reply, Request};
use rustix::process::Signal;

use crate::hubs::{start, until_it_publishes};
use crate::server::{Server, eventually};
use crate::support::{
    Hub, Told, after, assert_reads, frame, next_reply, publish, published, soon, to,
};

/// A hub that has published.
fn hub(server: &Server) -> Hub {
    let hub = start(&server.url(), &[]);
    until_it_is_there(&hub);
    hub
}

/// Publishes until Redis has taken an event, and waits until the hub has it back.
fn until_it_is_there(hub: &Hub) {
    let id = until_it_publishes(hub, "ready", "");
    eventually("the hub has it back", || hub.position() >= id);
}

#[track_caller]
fn assert_next(client: &mut BufReader<UnixStream>, id: EventId, data: &str) {
    let told = Told::next_event(client);
    assert_eq!((told.id, &*told.event, &*told.data), (id, "", data));
}

#[test]
fn clients_of_two_hubs_get_the_same_events_in_the_same_order() {
    let server = Server::start(&[]);
    let hubs = [hub(&server), hub(&server)];
    let mut clients = [&hubs[0], &hubs[1]].map(|hub| hub.stream(Framing::Raw, to(&["a"])));
    for hub in &hubs {
        hub.wait_for("streams", 1);
    }
    let frames = (0..100).map(|number| {
        let data = number.to_string();
        frame(hubs[number % 2].publish(&["a", "b"], &data), &data)
    });
    let frames: String = frames.collect();
    for client in &mut clients {
        assert_reads(client, format!(":\n{frames}"));
    }
}

#[test]
fn redis_killed_twice_closes_no_stream_and_costs_no_event() {
    let mut server = Server::start(&[]);
    let hubs = [hub(&server), hub(&server)];
    let mut clients = [&hubs[0], &hubs[1]].map(|hub| {
        let mut client = hub.stream(Framing::Raw, to(&["a"]));
        assert_reads(&mut client, ":\n");
        client
    });
    for round in 0..3 {
        let frames = (0..20).map(|number: usize| {
            let data = format!("{round}.{number}");
            frame(hubs[number % 2].publish(&["a"], &data), &data)
        });
        let frames: String = frames.collect();
        for client in &mut clients {
            assert_reads(client, &frames);
        }
        server.kill();
        for hub in &hubs {
            let mut why = String::new();
            eventually("publishing is refused at once", || {
                let asked = Instant::now();
                let Reply::Refused { refusal: Refusal::Unavailable, message } =
                    hub.ask(&publish(&["lost"], ""))
                else {
                    return false;
                };
                why = message;
                // A machine with much else to do may be slow now and then, and not for twenty seconds.
                asked.elapsed().as_millis() < 200
            });
            assert!(why.contains("published"), "{why}");
        }
        server.restart();
        for hub in &hubs {
            until_it_is_there(hub);
        }
    }
}

#[test]
fn a_hub_that_was_killed_costs_its_clients_no_event() {
    let server = Server::start(&[]);
    let (mut killed, other) = (hub(&server), hub(&server));
    let mut client = killed.stream(Framing::Raw, to(&["a"]));
    let seen = killed.publish(&["a"], "seen");
    assert_reads(&mut client, format!(":\n{}", frame(seen, "seen")));
    killed.signal(Signal::KILL);
    let missed: String = (0..600)
        .map(|number| {
            let data = number.to_string();
            other.publish(&["b"], "of no interest");
            frame(other.publish(&["a"], &data), &data)
        })
        .collect();
    killed = Hub::start_with(killed.wait(), &[], &server.url());
    until_it_is_there(&killed);
    let mut client = killed.stream(Framing::Raw, after(&seen, &["a"]));
    let next = other.publish(&["a"], "next");
    assert_reads(&mut client, format!(":\n{missed}{}", frame(next, "next")));
}

#[test]
fn a_client_that_is_ahead_of_its_hub_is_not_told_that_it_has_missed_something() {
    let server = Server::start(&[]);
    let (ahead, behind) = (hub(&server), hub(&server));
    for number in 0..20 {
        behind.signal(Signal::STOP);
        let seen = ahead.publish(&["a"], &format!("seen {number}"));
        behind.signal(Signal::CONT);
        let client = behind.stream(Framing::Raw, after(&seen, &["a"]));
        let next = ahead.publish(&["a"], &format!("next {number}"));
        assert_next(&mut BufReader::new(client), next, &format!("next {number}"));
    }
}

#[test]
fn what_redis_does_not_have_any_more_is_told() {
    let server = Server::start(&[]);
    let other = hub(&server);
    let seen = other.publish(&["a"], "seen");
    other.publish(&["a"], "trimmed");
    other.publish(&["a"], "kept");
    server.execute("XTRIM sse MAXLEN 1");
    let hub = hub(&server);
    let mut client = BufReader::new(hub.stream(Framing::Raw, after(&seen, &["a"])));
    let reset = Told::next_event(&mut client);
    assert!(reset.is_reset(), "{reset:?}");
    assert_eq!(reset.data, format!("{{\"lastEventId\":\"{seen}\"}}"));
    let next = other.publish(&["a"], "next");
    assert_next(&mut client, next, "next");
}

#[test]
fn when_redis_comes_back_empty_every_stream_is_told_and_goes_on() {
    let mut server = Server::start(&[]);
    let hub = hub(&server);
    let mut client = BufReader::new(hub.stream(Framing::Raw, to(&["a"])));
    let before = hub.publish(&["a"], "before");
    assert_next(&mut client, before, "before");
    server.lose_everything();
    let reset = Told::next_event(&mut client);
    assert_eq!((&*reset.event, &*reset.data), ("reset", "{\"lastEventId\":null}"));
    assert!(reset.id > before, "it goes on above all that there was: {reset:?}");
    until_it_is_there(&hub);
    let after = hub.publish(&["a"], "after");
    assert!(after > reset.id);
    assert_next(&mut client, after, "after");
}

#[test]
fn without_redis_a_hub_starts_and_who_comes_back_is_told() {
    let mut server = Server::start(&[]);
    server.kill();
    let hub = start(&server.url(), &[]);
    let refused = hub.ask(&publish(&["a"], ""));
    assert!(matches!(refused, Reply::Refused { refusal: Refusal::Unavailable, .. }), "{refused:?}");
    let mut client = BufReader::new(hub.stream(Framing::Raw, after(&"5-5", &["a"])));
    assert!(Told::next_event(&mut client).is_reset());
    server.restart();
    assert!(Told::next_event(&mut client).is_reset(), "what came meanwhile is unknown");
    until_it_is_there(&hub);
    let id = hub.publish(&["a"], "x");
    assert_next(&mut client, id, "x");
}

#[test]
fn publications_of_one_connection_are_answered_in_order() {
    let server = Server::start(&[]);
    let hub = hub(&server);
    let mut publisher = hub.connect();
    for number in 0..50 {
        publisher.send(&publish(&["a"], &number.to_string()), None, soon()).unwrap();
    }
    publisher.send(&Request::Status, None, soon()).unwrap();
    let mut last = EventId::ZERO;
    for _ in 0..50 {
        let id = published(&mut publisher);
        assert!(id > last);
        last = id;
    }
    assert!(matches!(next_reply(&mut publisher), Reply::Status(_)));
}
