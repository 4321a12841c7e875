//! Compressed streams on events that only Redis has: replayed, live, and lost.

use content_coding::Coding;
use hub_protocol::{EventId, Framing, Reply, Request};

use crate::compressed_client::{Client, compressed};
use crate::hubs::{connected, fill, until_it_publishes};
use crate::server::Server;
use crate::support::{Told, after};

const EVENTS: usize = 300;

#[track_caller]
fn assert_next(client: &mut Client, id: EventId, data: &str) {
    let told = Told::next_event(client.lines());
    assert_eq!((told.id, &*told.event, &*told.data), (id, "", data));
}

#[test]
fn compressed_streams_have_their_replay_from_redis_what_is_new_and_a_reset() {
    let server = Server::start(&[]);
    let ids = fill(&server, EVENTS, 1, 100);
    let hub = connected(&server.url(), &["--backlog-events", "1"]);
    let framings = [Framing::Raw, Framing::Chunked];
    let all = Coding::ALL.into_iter().flat_map(|coding| framings.map(|framing| (coding, framing)));
    let open = |(coding, framing)| compressed(&hub, coding, framing, after(&ids[0], &["t0"]));
    let mut clients: Vec<_> = all.map(open).collect();
    for client in &mut clients {
        for (number, id) in ids.iter().enumerate().skip(1) {
            assert_next(client, *id, &format!("{number:0100}"));
        }
    }
    for round in 0..4 {
        if round == 2 {
            hub.upgrade();
            hub.wait_for_redis();
        }
        let data = format!("{round:0100}");
        let id = until_it_publishes(&hub, "t0", &data);
        for client in &mut clients {
            assert_next(client, id, &data);
        }
    }
    redis::cmd("FLUSHDB").exec(&mut server.connect()).unwrap();
    for client in &mut clients {
        assert!(Told::next_event(client.lines()).is_reset());
    }
    assert_eq!(hub.ask(&Request::Stop), Reply::Stopping);
    for client in clients {
        client.end();
    }
}
