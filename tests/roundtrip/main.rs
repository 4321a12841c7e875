//! What is sent is what is read: thousands of byte strings, encoded by the extension, and parsed by
//! browsers' `EventSource` and by clients that others wrote.
//!
//! No way in which these deviate from the standard (see [`server_tests::oracle`]) shows in a stream as the
//! extension writes it, but one: it begins with a comment, and has no empty line but those that end an event.
//! So every string is put to all of them.
//!
//! # Layout
//! - [`data`]: the byte strings
//! - [`changes`], [`documents`]: documents of which only what has changed is sent
#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

mod changes;
mod data;
mod documents;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use server_tests::browser::{Browser, Kind};
use server_tests::in_each_browser;
use server_tests::oracle::Oracle;
use server_tests::server::{Builtin, Php, Server};
use server_tests::site::Site;

use crate::data::{Random, Sent};

/// Sends each event, encoded by `Sse::encode()`; with `?send`, by `send()`. What stands between them is no
/// event to anybody.
const SCRIPT: &str = "<?php
ini_set('memory_limit', '-1');
$sse = Sse::start(retry: 2000);
foreach (json_decode(file_get_contents(__DIR__ . '/events.json')) as $number => [$data, $event, $id]) {
    $number % 50 || ($sse->comment('between events') && $sse->retry(2000 + $number) && $sse->comment());
    $data = base64_decode($data);
    isset($_GET['send']) ? $sse->send($data, $event, $id) : print(Sse::encode($data, $event, $id));
}
$sse->close(event: 'end');";

/// Compares what arrives with what the browser itself makes of the bytes; gives how the stream ended,
/// the number of events, and the first few that are wrong.
const COMPARE: &str = r"
const [keepsNul, done] = arguments;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
function expect([data, event, id]) {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const text = decoder.decode(bytes).replace(/\r\n?/g, '\n');
    const kept = keepsNul ? text : text.replaceAll('\0', '');
    return { type: event || 'message', data: kept, lastEventId: id ?? '' };
}

function compare(expected) {
    const wrong = [];
    let count = 0;
    const source = new EventSource('/stream.php');
    const next = ({ type, data, lastEventId }) => {
        const right = expected[count] ?? {};
        if (type !== right.type || data !== right.data || lastEventId !== right.lastEventId) {
            wrong.push([count, type, data.slice(0, 200), lastEventId]);
        }
        count++;
    };
    const end = (how) => { source.close(); done([how, count, wrong.slice(0, 10)]); };
    const types = new Set(expected.map(({ type }) => type));
    types.forEach((type) => source.addEventListener(type, next));
    source.addEventListener('end', () => end('end'));
    source.onerror = () => end('error');
}

fetch('/events.json')
    .then((response) => response.json())
    .then((events) => compare(events.map(expect)));
";

/// A client reads this of an event: its type, its data, and the last event ID after it.
type Read = (String, String, String);

struct RoundTrip {
    expected: Vec<Read>,
    server: Server,
    /// Dropped after the server, which lives on it.
    _site: Site,
}

impl RoundTrip {
    fn start() -> Self {
        let events = data::events();
        let expected: Vec<Read> = events.iter().map(as_read).collect();
        let event = |sent: &Sent| json!([BASE64.encode(&sent.data), sent.event, sent.id]);
        let events: Value = events.iter().map(event).collect();
        let site = Site::new()
            .file("stream.php", SCRIPT)
            .file("page.html", "<!doctype html>")
            .file("events.json", events.to_string());
        let server = Builtin::new(&site, Php::with_sse()).start();
        Self { expected, server, _site: site }
    }

    /// The bytes of the stream.
    #[track_caller]
    fn stream(&self, target: &str) -> Vec<u8> {
        let response = self.server.get(target);
        assert_eq!(response.status(), 200);
        response.into_body()
    }
}

/// By the standard: data is text, whose line ends are line feeds.
fn as_read(sent: &Sent) -> Read {
    let event = if sent.event.is_empty() { "message" } else { &sent.event };
    let data = String::from_utf8_lossy(&sent.data).replace("\r\n", "\n").replace('\r', "\n");
    (event.to_owned(), data, sent.id.clone().unwrap_or_default())
}

in_each_browser![a_browser_reads_what_was_sent];

fn a_browser_reads_what_was_sent(kind: Kind) {
    let trip = RoundTrip::start();
    let browser = Browser::start(kind);
    browser.open(&trip.server.url("/page.html"));
    // Firefox leaves U+0000 out, and nothing else.
    let keeps_nul = kind != Kind::Firefox;
    let result = browser.execute_async(COMPARE, &[json!(keeps_nul)]);
    assert_eq!(result, json!(["end", trip.expected.len(), []]));
}

#[test]
fn eventsource_parser_reads_what_was_sent() {
    reads_what_was_sent(Oracle::eventsource_parser());
}

#[test]
fn httpx_sse_reads_what_was_sent() {
    reads_what_was_sent(Oracle::httpx_sse());
}

#[test]
fn eventsource_reads_what_was_sent() {
    reads_what_was_sent(Oracle::eventsource());
}

#[test]
fn openai_reads_what_was_sent() {
    reads_what_was_sent(Oracle::openai());
}

#[test]
fn go_sse_reads_what_was_sent() {
    reads_what_was_sent(Oracle::go_sse());
}

#[test]
fn fetch_event_source_reads_what_was_sent_but_for_its_habits() {
    reads(Oracle::fetch_event_source(), |(event, data, id)| {
        let bare = |line: &str| line.strip_prefix('\u{feff}').unwrap_or(line).to_owned();
        let lines: Vec<String> = data.split('\n').map(bare).collect();
        (bare(&event), lines.join("\n").trim_start_matches('\n').to_owned(), bare(&id))
    });
}

#[track_caller]
fn reads_what_was_sent(oracle: Oracle) {
    reads(oracle, |sent| sent);
}

/// ... in pieces of any size.
#[track_caller]
fn reads(mut oracle: Oracle, habit: impl Fn(Read) -> Read) {
    let trip = RoundTrip::start();
    let events = oracle.parse(pieces(&trip.stream("/stream.php")));
    let mut read: Vec<Read> = events
        .into_iter()
        .map(|event| (event.event, event.data, event.id.unwrap_or_default()))
        .collect();

    let end = read.pop().unwrap();
    assert_eq!((end.0.as_str(), end.1.as_str()), ("end", ""));
    assert_eq!(read.len(), trip.expected.len());
    for (read, expected) in read.iter().zip(trip.expected.clone()) {
        let expected = habit(expected);
        assert!(*read == expected, "{} is not {}", shown(read), shown(&expected));
    }
}

fn shown((event, data, id): &Read) -> String {
    format!("({event:?}, {:?}, {id:?})", data.chars().take(200).collect::<String>())
}

fn pieces(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut random = Random::seeded();
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        // Mostly small ones, which cut lines, line ends and characters in two.
        let longest = [1, 4, 16, 1 << 16][random.below(4)];
        let length = (random.below(longest) + 1).min(bytes.len());
        let (piece, rest) = bytes.split_at(length);
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

#[test]
fn send_sends_what_encode_encodes() {
    let trip = RoundTrip::start();
    assert!(trip.stream("/stream.php?send") == trip.stream("/stream.php"));
}

/// A stream that ends after a heartbeat: the second visit is the answer to the first one's last id.
const ENDS_IN_PEACE: &str = "<?php
$sse = Sse::start(heartbeat: 0.05, retry: 20);
$sse->send($sse->lastEventId ?? 'first', id: 'x');
$sse->wait(0.2);";

/// go-sse takes a stream whose last line is a comment for one that is not to be taken up again.
#[test]
fn go_sse_comes_back_after_a_clean_end() {
    let site = Site::new().file("stream.php", ENDS_IN_PEACE);
    let server = Builtin::new(&site, Php::with_sse()).start();
    let mut client = Oracle::go_sse_on(&server.url("/stream.php"));
    let mut next = || {
        let event = client.next_event();
        (event.event, event.data, event.id.unwrap_or_default())
    };
    let event = |event: &str, data: &str| (event.to_owned(), data.to_owned(), "x".to_owned());
    assert_eq!(next(), event("message", "first"));
    for _ in 0..3 {
        assert_eq!(next(), event("sse:position", "{}"));
        assert_eq!(next(), event("message", "x"));
    }
}
