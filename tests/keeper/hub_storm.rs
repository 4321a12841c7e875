//! Streams in the hub in a storm of its heartbeats, in each coding, through upgrades of the hub.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use server_tests::content_coding::{Coding, Decoded};
use server_tests::event_stream::{Event, EventStreamReader, Item, POSITION};
use server_tests::extension;
use server_tests::http::{Body, Request};
use server_tests::hub::HubOf;
use server_tests::patience::within;
use server_tests::reader::{Piece, ReadError, Reader, Source};
use server_tests::server::{Fpm, Php, Server};
use server_tests::site::Site;

use crate::storm::crc32;

/// What came to a client, or to several.
#[derive(Debug, Default)]
pub(crate) struct HubStorm {
    pub(crate) heartbeats: usize,
    pub(crate) events: usize,
    pub(crate) bytes: usize,
    pub(crate) encoded: usize,
    /// The first damage, if there was any.
    pub(crate) damage: Option<String>,
}

/// Upgrades of the hub meanwhile.
const UPGRADES: usize = 3;

/// Has so many clients in each coding listen until so many heartbeats have come to all of them together.
pub(crate) fn blow(clients: usize, heartbeats: usize) -> Vec<(Coding, HubStorm)> {
    let site = Site::new()
        .file("start.php", "<?php Sse::publish('nobody', 'x');")
        .file("stream.php", "<?php Sse::start(heartbeat: 0.01)->subscribe('storm');")
        .file("publish.php", include_str!("scripts/hub-storm.php"))
        .file("text.php", include_str!("scripts/text.php"));
    let hub = HubOf::site(&site);
    let server = start(&site, &hub);
    let codings = Coding::ALL.iter().flat_map(|coding| vec![*coding; clients]);
    let streams: Vec<_> = codings.map(|coding| (coding, stream(&server, coding))).collect();

    let (beats, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let publish = Request::get("/publish.php");
    let storms = thread::scope(|scope| {
        let listen = |(coding, stream)| (coding, scope.spawn(|| listen(stream, &beats, &is_over)));
        let listening: Vec<_> = streams.into_iter().map(listen).collect();
        let publishing = scope.spawn(|| server.try_send(&publish, within(TIME)));
        for quarter in 1..=UPGRADES + 1 {
            while beats.load(Ordering::Relaxed) < heartbeats * quarter / (UPGRADES + 1)
                && !listening.iter().all(|(_, client)| client.is_finished())
            {
                thread::sleep(Duration::from_millis(1));
            }
            if quarter <= UPGRADES {
                assert!(hub.program("upgrade").status().unwrap().success());
            }
        }
        site.write("enough", "");
        let published = publishing.join().unwrap().unwrap();
        // Without the last event nobody would stop to listen.
        is_over.store(published.status() != 200, Ordering::Relaxed);
        listening.into_iter().map(|(coding, client)| (coding, client.join().unwrap())).collect()
    });
    drop(server);
    together(storms)
}

/// A server whose scripts have started their hub.
fn start(site: &Site, hub: &HubOf) -> Server {
    let program = extension::path().with_file_name("sse-hub");
    let php = Php::with_sse()
        .ini("sse.compression", "on")
        .ini("sse.hub_socket", &hub.socket().display().to_string())
        .ini("sse.hub_path", &program.display().to_string());
    let server = Fpm::new(site, php).children(2).start();
    while server.get("/start.php").status() != 200 {}
    server
}

/// For a storm that does not end.
const TIME: Duration = Duration::from_secs(600);

type Stream = EventStreamReader<Counted>;

#[track_caller]
fn stream(server: &Server, coding: Coding) -> Stream {
    let request = Request::get("/stream.php").header("Accept-Encoding", coding.token());
    let body = Decoded::body_of(server.send(&request)).into_source();
    assert_eq!(body.coding(), Some(coding));
    EventStreamReader::new(Reader::new(Counted { body, bytes: 0 }))
}

fn listen(mut stream: Stream, beats: &AtomicUsize, is_over: &AtomicBool) -> HubStorm {
    let mut storm = HubStorm::default();
    let mut known = 0;
    while storm.damage.is_none() {
        if is_over.load(Ordering::Relaxed) {
            storm.note("the publisher has failed".into());
        }
        match stream.next_item(within(Duration::from_secs(30))) {
            Ok(Some(Item::Comment { text, .. })) if text.is_empty() => {
                known += ":\n".len();
                storm.heartbeats += 1;
                beats.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Some(Item::Event(event))) => {
                known += length(&event);
                if event.event == "done" {
                    storm.check_total(&event.data);
                    break;
                }
                storm.check(&event);
            }
            other => storm.note(format!("{other:?}").chars().take(200).collect()),
        }
    }
    let source = stream.source();
    (storm.bytes, storm.encoded) = (source.bytes, source.body.encoded().len());
    // What came with the last event is a heartbeat or two.
    if storm.damage.is_none() && !(known..=known + 4).contains(&source.bytes) {
        storm.note(format!("{} bytes came, {known} were sent", source.bytes));
    }
    storm
}

/// The bytes of an event, in its stream.
fn length(event: &Event) -> usize {
    let line = |name: &str, value: &str| name.len() + ": \n".len() + value.len();
    let id = event.id.as_ref().map_or(0, |id| line("id", id));
    let name = if event.event == "message" { 0 } else { line("event", &event.event) };
    let data: usize = event.data.split('\n').map(|text| line("data", text)).sum();
    id + name + data + 1
}

impl HubStorm {
    fn check(&mut self, event: &Event) {
        if event.event == POSITION {
            return;
        }
        if let [number, sum, text] = event.data.splitn(3, ' ').collect::<Vec<_>>()[..]
            && let Ok(number) = number.parse::<usize>()
            // One of which the publisher does not know whether it was published comes again.
            && (number == self.events || number + 1 == self.events)
            && sum.parse() == Ok(crc32(text))
        {
            self.events = number + 1;
        } else {
            let start: String = event.data.chars().take(80).collect();
            self.note(format!("event {} is damaged: {start:?}", self.events));
        }
    }

    fn check_total(&mut self, total: &str) {
        if total.parse() != Ok(self.events) {
            self.note(format!("{} events came, {total} were sent", self.events));
        }
    }

    fn note(&mut self, damage: String) {
        self.damage.get_or_insert(damage);
    }
}

/// One sum for each coding.
fn together(storms: Vec<(Coding, HubStorm)>) -> Vec<(Coding, HubStorm)> {
    let mut sums: Vec<_> = Coding::ALL.map(|coding| (coding, HubStorm::default())).into();
    for (coding, storm) in storms {
        let (_, sum) = sums.iter_mut().find(|(of, _)| *of == coding).unwrap();
        sum.heartbeats += storm.heartbeats;
        sum.events += storm.events;
        sum.bytes += storm.bytes;
        sum.encoded += storm.encoded;
        if let Some(damage) = storm.damage {
            sum.note(damage);
        }
    }
    sums
}

/// A body whose bytes are counted.
#[derive(Debug)]
struct Counted {
    body: Decoded<Body>,
    bytes: usize,
}

impl Source for Counted {
    fn next_piece(&mut self, deadline: std::time::Instant) -> Result<Option<Piece>, ReadError> {
        let piece = self.body.next_piece(deadline)?;
        self.bytes += piece.as_ref().map_or(0, |piece| piece.bytes.len());
        Ok(piece)
    }

    fn end(&self) -> Option<&server_tests::reader::End> {
        self.body.end()
    }
}
