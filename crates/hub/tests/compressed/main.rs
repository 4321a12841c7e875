//! Compressed streams, handed over as a worker does it, decoded event by event as they come.
//!
//! # Layout
//! * `client`: a client that takes the framing off and decodes; `independent`: other people's decoders
//! * `memory`: a thousand streams with encoders of their own
//! * `slow`: clients that read nothing; `storm`: events without a pause
//! * `support`: a hub, and the workers that speak to it
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod client;
#[path = "../../../content-coding/tests/responses/independent.rs"]
mod independent;
mod memory;
mod slow;
mod storm;
#[path = "../support/mod.rs"]
mod support;

use std::io::BufRead;

use content_coding::Coding;
use hub_protocol::{Framing, Reply, Request, Subscription};

use client::{Client, compressed, compressed_by};
use support::{FASTCGI, Hub, Told, after, soon, to, wait_for_some};

const FRAMINGS: [Framing; 4] =
    [Framing::Raw, Framing::Chunked, FASTCGI, Framing::FastCgi { request_id: 7, is_kept: true }];

fn all() -> impl Iterator<Item = (Coding, Framing)> + Clone {
    Coding::ALL.into_iter().flat_map(|coding| FRAMINGS.map(|framing| (coding, framing)))
}

/// A part of a page that is rendered again and again.
fn board(number: usize) -> String {
    let row = |row: usize| format!("<tr><td>{row}</td><td>platform {}</td></tr>", row * number % 7);
    (0..400).map(row).collect()
}

/// Text that is hardly compressible.
fn noise(number: usize, length: usize) -> String {
    let mut state = number as u64 + 1;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(u8::try_from(state >> 58).unwrap() + b'0')
    };
    (0..length).map(|_| next()).collect()
}

/// The text of an event that comes next, and its id.
#[track_caller]
fn assert_next(client: &mut Client, id: hub_protocol::EventId, data: &str) {
    let told = Told::next_event(client.lines());
    assert_eq!((told.id, told.data.as_str()), (id, data));
}

#[test]
fn each_event_is_decoded_as_it_comes_in_each_coding_and_framing() {
    let hub = Hub::start(&[]);
    for (coding, framing) in all() {
        let topic = format!("{coding:?}-{framing:?}");
        let mut clients: Vec<_> = Vec::new();
        for number in 0..12 {
            if number % 4 == 0 {
                clients.push(compressed(&hub, coding, framing, to(&[&topic])));
                hub.wait_for("streams", clients.len() as u64);
            }
            let id = hub.publish(&[&topic], &board(number));
            for client in &mut clients {
                assert_next(client, id, &board(number));
            }
        }
        for client in clients {
            client.leave();
        }
        hub.wait_for("streams", 0);
    }
}

#[test]
fn heartbeats_come_through_and_a_stream_ends_as_a_whole_response() {
    let hub = Hub::start(&[]);
    for (coding, framing) in all() {
        let topic = format!("{coding:?}-{framing:?}");
        let beats = Subscription { heartbeat: 20, lifetime: 300, retry: 77, ..to(&[&topic]) };
        let mut clients = [(); 2].map(|()| compressed(&hub, coding, framing, beats.clone()));
        hub.wait_for("streams", 2);
        let id = hub.publish(&[&topic], "x");
        for client in &mut clients {
            assert_next(client, id, "x");
            for _ in 0..3 {
                let mut line = String::new();
                client.lines().read_line(&mut line).unwrap();
                assert_eq!(line, ":\n");
            }
        }
        let id = hub.publish(&[&topic], "y");
        for mut client in clients {
            assert_next(&mut client, id, "y");
            let text = client.end();
            assert!(text.ends_with("retry: 77\n") || text.ends_with("\n\n"), "{text:?}");
        }
        hub.wait_for("streams", 0);
    }
}

#[test]
fn a_stream_goes_on_in_another_program_and_ends_when_the_hub_does() {
    let hub = Hub::start(&[]);
    let mut clients: Vec<_> =
        all().map(|(coding, framing)| compressed(&hub, coding, framing, to(&["a"]))).collect();
    hub.wait_for("streams", clients.len() as u64);
    for number in 0..9 {
        if number % 3 == 2 {
            hub.upgrade();
        }
        let id = hub.publish(&["a"], &board(number));
        for client in &mut clients {
            assert_next(client, id, &board(number));
        }
    }
    assert_eq!(hub.ask(&Request::Stop), Reply::Stopping);
    for client in clients {
        let text = client.end();
        assert!(text.contains("retry: "), "{text:?}");
    }
}

#[test]
fn what_a_slow_client_waits_for_goes_on_in_another_program() {
    const EVENTS: usize = 200;
    let hub = Hub::start(&[]);
    let mut clients: Vec<_> =
        all().map(|(coding, framing)| compressed(&hub, coding, framing, to(&["a"]))).collect();
    hub.wait_for("streams", clients.len() as u64);
    let mut ids = Vec::new();
    for number in 0..EVENTS {
        if number == EVENTS / 2 {
            hub.upgrade();
        }
        ids.push(hub.publish(&["a"], &noise(number, 8000)));
    }
    hub.upgrade();
    for client in &mut clients {
        for (number, id) in ids.iter().enumerate() {
            assert_next(client, *id, &noise(number, 8000));
        }
    }
    assert_eq!(hub.ask(&Request::Stop), Reply::Stopping);
    for client in clients {
        client.end();
    }
}

#[test]
fn who_comes_back_gets_what_was_missed_or_a_reset() {
    let hub = Hub::start(&["--backlog-events", "5"]);
    let ids: Vec<_> = (0..9).map(|number| hub.publish(&["a"], &board(number))).collect();
    for (coding, framing) in all() {
        let mut client = compressed(&hub, coding, framing, after(&ids[5], &["a"]));
        for (number, id) in ids.iter().enumerate().skip(6) {
            assert_next(&mut client, *id, &board(number));
        }
        client.leave();
        let mut client = compressed(&hub, coding, framing, after(&ids[0], &["a"]));
        assert!(Told::next_event(client.lines()).is_reset());
        client.leave();
    }
}

#[test]
fn a_stream_that_makes_room_for_a_younger_one_ends_as_a_whole_response() {
    let hub = Hub::start(&[]);
    let limit = |key: &str| {
        Request::Lease(vec![hub_protocol::Limit { key: key.into(), max: 1, drops_oldest: true }])
    };
    for (coding, framing) in all() {
        let lease = limit(&format!("{coding:?}-{framing:?}"));
        let mut worker = hub.leased_worker(&lease);
        let mut client = compressed_by(&mut worker, coding, framing, to(&["a"]));
        let id = hub.publish(&["a"], "x");
        assert_next(&mut client, id, "x");
        let _younger = hub.leased_worker(&lease);
        let text = client.end();
        assert!(text.contains("event: sse:dropped\n"), "{text:?}");
    }
}

#[test]
fn an_offer_that_is_committed_after_an_upgrade_goes_on_where_it_stood() {
    let hub = Hub::start(&[]);
    for (coding, framing) in all() {
        let mut worker = hub.connect();
        let client = Client::offered(&mut worker, coding, framing, to(&["a"]));
        hub.upgrade();
        worker.send(&Request::Commit, None, soon()).unwrap();
        hub.wait_for("streams", 1);
        let id = hub.publish(&["a"], "x");
        let mut client = client;
        assert_next(&mut client, id, "x");
        client.leave();
        hub.wait_for("streams", 0);
    }
}

#[test]
fn the_status_and_the_metrics_say_what_compression_costs_and_saves() {
    let hub = Hub::start(&[]);
    let mut clients: Vec<_> = Coding::ALL
        .iter()
        .map(|coding| compressed(&hub, *coding, Framing::Raw, to(&["a"])))
        .collect();
    hub.wait_for("streams", 4);
    for number in 0..20 {
        let id = hub.publish(&["a"], &board(number));
        for client in &mut clients {
            assert_next(client, id, &board(number));
        }
    }
    let all = 4 * 20 * board(1).len() as u64;
    let is_counted = |status: &serde_json::Value| {
        status["compression"]["plainBytes"].as_u64().is_some_and(|bytes| bytes > all)
    };
    let status = wait_for_some("all is counted", || Some(hub.status()).filter(is_counted));
    let compression = &status["compression"];
    let number = |path: &str| compression.pointer(path).unwrap().as_u64().unwrap();
    for coding in ["zstd", "br", "gzip", "deflate"] {
        assert_eq!(number(&format!("/streams/{coding}")), 1, "{status}");
    }
    assert_eq!((number("/encoders"), number("/segments")), (4, 4), "{status}");
    assert!(number("/memory") > 0 && number("/memory") <= 64 * 1024 * 1024, "{status}");
    let (plain, sent) = (number("/plainBytes"), number("/sentBytes"));
    assert!(sent * 20 < plain, "{plain}, {sent}");
    assert_metrics_say(&hub, plain);
    for client in clients {
        client.leave();
    }
    hub.wait_for("streams", 0);
    assert_eq!(hub.status()["compression"]["memory"], 0);
}

#[track_caller]
fn assert_metrics_say(hub: &Hub, plain: u64) {
    let Reply::Metrics(text) = hub.ask(&Request::Metrics) else { panic!("no metrics") };
    for line in [
        "# TYPE sse_hub_compression_streams_zstd gauge\nsse_hub_compression_streams_zstd 1\n",
        "# TYPE sse_hub_compression_encoders gauge\nsse_hub_compression_encoders 4\n",
        "# TYPE sse_hub_compression_memory gauge\n",
        "# TYPE sse_hub_compression_segments_total counter\n",
        &format!("sse_hub_compression_plain_bytes_total {plain}\n"),
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
}
