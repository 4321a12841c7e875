//! Hubs that share their events through a real Redis, which is killed, trimmed and emptied.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reports by panicking"
)]

#[path = "../../redis-log/tests/redis/server.rs"]
#[allow(dead_code, reason = "the log's own tests do more with it")]
mod server;
mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use hub::Config;
use hub_protocol::{EventId, Framing, Refusal, Reply, Request};
use rustix::process::Signal;
use server::{Server, eventually};
use support::{Hub, after, assert_reads, command, frame, publish, soon, to};

fn hub(server: &Server) -> Hub {
    let hub = Hub::start_with(tempfile::tempdir().unwrap(), &[], &server.url());
    until_it_publishes(&hub);
    hub
}

/// Publishes until Redis has taken one; its id.
fn until_it_publishes(hub: &Hub) -> EventId {
    let mut id = EventId::ZERO;
    eventually("Redis takes an event", || match hub.ask(&publish(&["ready"], "")) {
        Reply::Published(published) => {
            id = published;
            true
        }
        Reply::Refused { refusal: Refusal::Unavailable, .. } => false,
        other => panic!("{other:?}"),
    });
    eventually("the hub has it back", || knows(hub, id));
    id
}

fn knows(hub: &Hub, id: EventId) -> bool {
    let last: EventId = hub.status()["lastEventId"].as_str().unwrap().parse().unwrap();
    last >= id
}

/// The next frame that is an event.
fn next_event(client: &mut BufReader<UnixStream>) -> String {
    let mut event = String::new();
    loop {
        let mut line = String::new();
        assert!(client.read_line(&mut line).unwrap() > 0, "the stream has ended after {event:?}");
        match &*line {
            "\n" if !event.is_empty() => return event + "\n",
            "\n" | ":\n" => {}
            line => event += line,
        }
    }
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
        assert_reads(client, format!(":\n\n{frames}"));
    }
}

#[test]
fn redis_killed_twice_closes_no_stream_and_costs_no_event() {
    let mut server = Server::start(&[]);
    let hubs = [hub(&server), hub(&server)];
    let mut clients = [&hubs[0], &hubs[1]].map(|hub| {
        let mut client = hub.stream(Framing::Raw, to(&["a"]));
        assert_reads(&mut client, ":\n\n");
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
            eventually("publishing is refused", || {
                let asked = Instant::now();
                let Reply::Refused { refusal: Refusal::Unavailable, message } =
                    hub.ask(&publish(&["lost"], ""))
                else {
                    return false;
                };
                assert!(asked.elapsed().as_millis() < 200, "at once: {:?}", asked.elapsed());
                why = message;
                true
            });
            assert!(why.contains("published"), "{why}");
        }
        server.restart();
        for hub in &hubs {
            until_it_publishes(hub);
        }
    }
}

#[test]
fn a_hub_that_was_killed_costs_its_clients_no_event() {
    let server = Server::start(&[]);
    let (mut killed, other) = (hub(&server), hub(&server));
    let mut client = killed.stream(Framing::Raw, to(&["a"]));
    let seen = killed.publish(&["a"], "seen");
    assert_reads(&mut client, format!(":\n\n{}", frame(seen, "seen")));
    killed.signal(Signal::KILL);
    let missed: String = (0..600)
        .map(|number| {
            let data = number.to_string();
            other.publish(&["b"], "of no interest");
            frame(other.publish(&["a"], &data), &data)
        })
        .collect();
    killed = Hub::start_with(killed.wait(), &[], &server.url());
    until_it_publishes(&killed);
    let mut client = killed.stream(Framing::Raw, after(&seen, &["a"]));
    let next = other.publish(&["a"], "next");
    assert_reads(&mut client, format!(":\n\n{missed}{}", frame(next, "next")));
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
        let event = next_event(&mut BufReader::new(client));
        assert_eq!(event, frame(next, &format!("next {number}")));
    }
}

#[test]
fn what_redis_does_not_have_any_more_is_told() {
    let server = Server::start(&[]);
    let other = hub(&server);
    let seen = other.publish(&["a"], "seen");
    other.publish(&["a"], "trimmed");
    other.publish(&["a"], "kept");
    server.say("XTRIM sse MAXLEN 1");
    let hub = hub(&server);
    let mut client = BufReader::new(hub.stream(Framing::Raw, after(&seen, &["a"])));
    let reset = next_event(&mut client);
    let told = format!("event: reset\ndata: {{\"lastEventId\":\"{seen}\"}}\n\n");
    assert!(reset.ends_with(&told), "{reset}");
    let next = other.publish(&["a"], "next");
    assert_eq!(next_event(&mut client), frame(next, "next"));
}

#[test]
fn when_redis_comes_back_empty_every_stream_is_told_and_goes_on() {
    let mut server = Server::start(&[]);
    let hub = hub(&server);
    let mut client = BufReader::new(hub.stream(Framing::Raw, to(&["a"])));
    let before = hub.publish(&["a"], "before");
    assert_eq!(next_event(&mut client), frame(before, "before"));
    server.lose_everything();
    let reset = "id: 0-0\nevent: reset\ndata: {\"lastEventId\":null}\n\n";
    assert_eq!(next_event(&mut client), reset);
    until_it_publishes(&hub);
    let after = hub.publish(&["a"], "after");
    assert_eq!(next_event(&mut client), frame(after, "after"));
}

#[test]
fn without_redis_a_hub_starts_and_who_comes_back_is_told() {
    let mut server = Server::start(&[]);
    server.kill();
    let hub = Hub::start_with(tempfile::tempdir().unwrap(), &[], &server.url());
    let refused = hub.ask(&publish(&["a"], ""));
    assert!(matches!(refused, Reply::Refused { refusal: Refusal::Unavailable, .. }), "{refused:?}");
    let mut client = BufReader::new(hub.stream(Framing::Raw, after(&"5-5", &["a"])));
    assert!(next_event(&mut client).contains("event: reset\n"));
    server.restart();
    assert!(next_event(&mut client).contains("event: reset\n"), "what came meanwhile is unknown");
    until_it_publishes(&hub);
    let id = hub.publish(&["a"], "x");
    assert_eq!(next_event(&mut client), frame(id, "x"));
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
        let reply = next_reply(&mut publisher);
        let Reply::Published(id) = reply else { panic!("{reply:?}") };
        assert!(id > last);
        last = id;
    }
    assert!(matches!(next_reply(&mut publisher), Reply::Status(_)));
}

#[test]
fn that_redis_does_not_answer_is_said_before_anybody_takes_the_hub_for_frozen() {
    const PATIENCE_OF_THE_EXTENSION: Duration = Duration::from_millis(250);
    let server = Server::start(&[]);
    let default = Config::new(PathBuf::new()).redis_wait.as_millis().to_string();
    let directory = tempfile::tempdir().unwrap();
    let hub = Hub::start_with(directory, &["--redis-wait", &default], &server.url());
    until_it_publishes(&hub);
    server.signal(Signal::STOP);
    let mut publisher = hub.connect();
    // The shortest: the machine may have other things to do, too.
    let mut waited = Duration::MAX;
    for _ in 0..3 {
        let asked = Instant::now();
        let reply = publisher.call(&publish(&["a"], "late"), None, soon()).unwrap();
        waited = waited.min(asked.elapsed());
        let Reply::Refused { refusal: Refusal::Unavailable, message } = reply else {
            panic!("{reply:?}")
        };
        assert!(message.contains("Redis does not answer, it is unknown"), "{message}");
    }
    assert!(waited < PATIENCE_OF_THE_EXTENSION, "{waited:?}");
    server.signal(Signal::CONT);
    until_it_publishes(&hub);
    let reply = publisher.call(&Request::Status, None, soon()).unwrap();
    assert!(matches!(reply, Reply::Status(_)), "one answer for each: {reply:?}");
}

fn next_reply(client: &mut hub_protocol::Client) -> Reply {
    loop {
        if let Some(reply) = client.next_reply().unwrap() {
            return reply;
        }
        client.fill().unwrap();
    }
}

#[test]
fn the_password_is_shown_nowhere() {
    let server = Server::start(&["--requirepass", "s3cret"]);
    for (url, connected) in [("?pass=s3cret", true), ("?pass=wr0ng-s3cret", false)] {
        let url = format!("{}{url}", server.url());
        let directory = tempfile::tempdir().unwrap();
        let mut process = command(&directory.path().join("hub/hub.sock"), "serve")
            .env("SSE_HUB_REDIS", &url)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut shown = String::new();
        let wanted = if connected { "connected to" } else { "no connection to" };
        while !shown.contains(wanted) {
            assert!(log.read_line(&mut shown).unwrap() > 0, "{shown}");
        }
        let status = command(&directory.path().join("hub/hub.sock"), "status").output().unwrap();
        shown += &String::from_utf8(status.stdout).unwrap();
        assert!(shown.contains("redis.connected") && shown.contains("redis.sock"), "{shown}");
        let arguments = fs::read(format!("/proc/{}/cmdline", process.id())).unwrap();
        shown += &String::from_utf8_lossy(&arguments);
        process.kill().unwrap();
        process.wait().unwrap();
        log.read_to_string(&mut shown).unwrap();
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn a_url_that_is_wrong_is_said_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["serve", "launch"] {
        let hub = command(&directory.path().join("hub/hub.sock"), name)
            .env("SSE_HUB_REDIS", "redis://:s3cret@localhost/events")
            .output()
            .unwrap();
        let error = String::from_utf8(hub.stderr).unwrap();
        assert!(!hub.status.success() && error.contains("database by a number"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
