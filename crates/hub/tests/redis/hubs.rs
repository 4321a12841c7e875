//! Hubs that share a Redis, and events in it.

use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use hub_protocol::{EventId, Refusal, Reply};

use crate::server::{Server, eventually};
use crate::support::{Hub, Told, publish, soon};

/// A hub that may not have heard of Redis yet.
pub(crate) fn start(url: &str, options: &[&str]) -> Hub {
    Hub::start_with(tempfile::tempdir().unwrap(), options, url)
}

/// A hub that is connected to Redis: it keeps the last page of the stream.
pub(crate) fn connected(url: &str, options: &[&str]) -> Hub {
    let hub = start(url, options);
    hub.wait_for_redis();
    hub
}

/// Adds so many events to the stream, as another hub does; their ids. The number is the data, and names the
/// topic, of which there are so many.
pub(crate) fn fill(server: &Server, events: usize, topics: usize, size: usize) -> Vec<EventId> {
    let mut redis = server.connect();
    let mut ids = Vec::new();
    for numbers in (0..events).collect::<Vec<_>>().chunks(500) {
        let mut pipe = redis::pipe();
        for number in numbers {
            let topic = format!("t{}", number % topics);
            let data = format!("{number:0size$}");
            pipe.cmd("XADD").arg("sse").arg("*").arg(&["topic", &topic, "data", &data]);
        }
        let added: Vec<String> = pipe.query(&mut redis).unwrap();
        ids.extend(added.iter().map(|id| id.parse::<EventId>().unwrap()));
    }
    ids
}

/// Publishes until Redis has taken an event; its id. Where Redis was frozen or away, an attempt may fail.
pub(crate) fn until_it_publishes(hub: &Hub, topic: &str, data: &str) -> EventId {
    let mut id = EventId::ZERO;
    eventually("Redis takes an event", || match hub.ask(&publish(&[topic], data)) {
        Reply::Published(published) => {
            id = published;
            true
        }
        Reply::Refused { refusal: Refusal::Unavailable, .. } => false,
        other => panic!("{other:?}"),
    });
    id
}

/// Publishes until something is over, on one connection.
pub(crate) fn publish_until(over: &AtomicBool, hub: &Hub, topic: &str) -> Vec<Told> {
    let (mut client, mut published) = (hub.connect(), Vec::new());
    while !over.load(SeqCst) {
        let data = format!("{} of {}", published.len(), hub.pid());
        let reply = client.call(&publish(&[topic], &data), None, soon()).unwrap();
        let Reply::Published(id) = reply else { panic!("{reply:?}") };
        published.push(Told { id, event: String::new(), data });
    }
    published
}

/// Reads a stream up to the event that says it is the end.
pub(crate) fn read_to_end(stream: UnixStream) -> Vec<Told> {
    let (mut stream, mut seen) = (BufReader::new(stream), Vec::new());
    loop {
        let told = Told::next_event(&mut stream);
        if told.data == "end" {
            return seen;
        }
        seen.push(told);
    }
}
