//! Channels that are joined while events flow, and many streams.

use std::collections::BTreeMap;
use std::env;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use server_tests::patience::{soon, wait_for};
use server_tests::reader::End;

use crate::scene::{App, data, next};

/// So many events in each channel of the storm, by so many requests.
const EVENTS: u32 = 200;
const EVENTS_OF_A_REQUEST: u32 = 10;

/// Each visit follows other channels of these, the first always.
const VISITS: [&[&str]; 4] = [&["a"], &["a", "b"], &["a", "b", "c"], &["a", "c"]];

/// What a client has seen, and where it is.
#[derive(Default)]
struct Client {
    last_event_id: Option<String>,
    /// Where each channel was joined; what was published before is not for this client.
    joined: BTreeMap<String, (u64, u64)>,
    seen: BTreeMap<String, Vec<u64>>,
}

impl Client {
    /// Follows channels until `is_enough`.
    fn visit(&mut self, app: &App, channels: &[&str], is_enough: impl Fn(&Self) -> bool) {
        let (mut events, position) =
            app.guest().follow_from(channels, self.last_event_id.as_deref());
        self.last_event_id.get_or_insert_with(|| position.clone());
        self.joined.retain(|channel, _| channels.contains(&channel.as_str()));
        for channel in channels {
            self.joined.entry((*channel).to_owned()).or_insert_with(|| order(&position));
        }
        while !is_enough(self) {
            let event = events.next_event();
            assert_eq!(event.event, "message", "{event:?}");
            let (channel, number) =
                (data(&event)["channel"].clone(), data(&event)["data"]["number"].clone());
            let (channel, number) = (channel.as_str().unwrap(), number.as_u64().unwrap());
            if order(&event.last_event_id) > self.joined[channel] {
                self.seen.entry(channel.to_owned()).or_default().push(number);
            }
            self.last_event_id = Some(event.last_event_id);
        }
    }

    fn count(&self) -> usize {
        self.seen.values().map(Vec::len).sum()
    }

    fn newest(&self, channel: &str) -> u64 {
        self.seen.get(channel).and_then(|seen| seen.last()).copied().unwrap_or_default()
    }
}

/// An event id, to be compared.
fn order(id: &str) -> (u64, u64) {
    let (milliseconds, sequence) = id.split_once('-').unwrap();
    (milliseconds.parse().unwrap(), sequence.parse().unwrap())
}

/// A channel is joined by coming back with one more, and left by coming back with one less.
#[test]
fn a_channel_is_joined_while_events_flow_and_nothing_is_missed_or_doubled() {
    let app = App::start();
    let mut client = Client::default();
    client.visit(&app, &["a"], |_| true);
    thread::scope(|scope| {
        for channel in ["a", "b", "c"] {
            let app = &app;
            scope.spawn(move || {
                for from in (1..=EVENTS).step_by(EVENTS_OF_A_REQUEST as usize) {
                    let to = from + EVENTS_OF_A_REQUEST - 1;
                    app.text(&format!("/count/{channel}/{from}/{to}"));
                }
            });
        }
        for channels in VISITS.iter().cycle().take(24) {
            let before = client.count();
            let is_done = |client: &Client| {
                client.count() >= before + 12 || client.newest("a") == u64::from(EVENTS)
            };
            client.visit(&app, channels, is_done);
        }
    });
    client.visit(&app, &["a"], |client| client.newest("a") == u64::from(EVENTS));

    let all: Vec<u64> = (1..=u64::from(EVENTS)).collect();
    assert_eq!(client.seen["a"], all);
    for channel in ["b", "c"] {
        let seen = client.seen.get(channel).map(Vec::as_slice).unwrap_or_default();
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{channel}: {seen:?}");
    }
}

/// It stays with a worker until the hub is back, and has no position to tell.
#[test]
fn a_stream_begins_also_while_the_hub_does_not_answer() {
    let app = App::start();
    let status: Value = serde_json::from_str(&app.artisan(&["sse:status", "--json"])).unwrap();
    let hub = status["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
    let hub = hub.and_then(Pid::from_raw).unwrap();
    kill_process(hub, Signal::STOP).unwrap();
    let mut events = app.server.send(&app.user(1).request(&["orders"])).events();
    let connected = events.next_event();
    kill_process(hub, Signal::CONT).unwrap();
    assert_eq!(
        (connected.event.as_str(), &data(&connected)["position"]),
        ("connected", &Value::Null)
    );

    wait_for("the hub", soon(), || (app.get("/ship/1").status() == 200).then_some(()));
    assert_eq!(next(&mut events)["channel"], "orders");
}

/// `SSE_TEST_STREAMS` of them; pages are served beside them, by the same two workers.
#[test]
fn two_workers_serve_many_streams_and_pages_beside_them() {
    let count = env::var("SSE_TEST_STREAMS").map_or(60, |count| count.parse().unwrap());
    let app = App::with(2, &[]);
    let channels = ["orders", "private-orders.1"];
    let ann = app.user(1);
    let mut streams: Vec<_> = (0..count).map(|_| ann.follow(&channels)).collect();
    for number in 1..=3 {
        app.text(&format!("/count/private-orders.1/{number}/{number}"));
    }
    for stream in &mut streams {
        for number in 1..=3 {
            assert_eq!(next(stream)["data"]["number"], number);
        }
        assert_eq!(stream.end(), None::<&End>);
    }
    assert_eq!(app.get("/login/2").body.read_to_end(soon()).unwrap().len(), 40);
}
