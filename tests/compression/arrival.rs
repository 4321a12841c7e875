//! Each event can be decoded when it arrives.

use std::fmt::Write;
use std::{iter, thread};

use server_tests::content_coding::Coding;
use server_tests::decoding_client::Program;
use server_tests::event_stream::Item;
use server_tests::patience::soon;
use server_tests::reader::{End, Reader, Source};
use server_tests::site::Gate;

use crate::scene::{ASKED, Events, Scene, brings, ends, name};
use crate::server::{Kind, on_every_server};

on_every_server![
    each_event_can_be_decoded_when_it_is_sent,
    curl_and_python_decode_each_event_when_it_is_sent,
    heartbeats_can_be_decoded_while_php_is_blocked,
];

/// Sends one thing after another, each when the test lets it.
const STEPS: &str = r#"<?php
    $text = fn ($name) => file_get_contents(__DIR__ . "/$name");
    $sse = Sse::start(heartbeat: 3600, compress: true);
    foreach ([
        fn () => $sse->send("two\nlines", event: 'poem', id: 7),
        fn () => $sse->send(['price' => 1.5, 'currency' => '€']),
        fn () => $sse->send(''),
        fn () => $sse->comment('no event'),
        fn () => $sse->retry(1500),
        fn () => $sse->send($text('random')),
        fn () => $sse->send($text('plain')),
        fn () => $sse->sendMany(['a', 'b']),
        function () use ($sse) { echo "data: echoed\n\n"; $sse->wait(0.001); },
        fn () => $sse->send($text('plain')),
    ] as $step) {
        gate();
        $step();
    }
    gate();
    $sse->close('bye', event: 'end');"#;

/// The bytes of each step, and of the end.
fn steps(random: &str, plain: &str) -> Vec<String> {
    [
        ":\n",
        "id: 7\nevent: poem\ndata: two\ndata: lines\n\n",
        "data: {\"price\":1.5,\"currency\":\"€\"}\n\n",
        "data: \n\n",
        ": no event\n",
        "retry: 1500\n",
        &format!("data: {random}\n\n"),
        &format!("data: {plain}\n\n"),
        "data: a\n\ndata: b\n\n",
        "data: echoed\n\n",
        &format!("data: {plain}\n\n"),
        "event: end\ndata: bye\n\n",
    ]
    .map(str::to_owned)
    .into()
}

/// Text that can hardly be compressed, larger than any buffer on the way.
fn random() -> String {
    let mut random = fastrand::Rng::with_seed(20);
    iter::repeat_with(|| random.alphanumeric()).take(200_000).collect()
}

/// Text that can be compressed to next to nothing.
fn plain() -> String {
    (0..20_000).fold(String::new(), |mut text, number| {
        write!(text, "{number}, ").unwrap();
        text
    })
}

pub(crate) fn each_event_can_be_decoded_when_it_is_sent(kind: Kind) {
    let (random, plain) = (random(), plain());
    let files = [("stream.php", STEPS), ("random", random.as_str()), ("plain", plain.as_str())];
    let scene = Scene::new(kind, 1, &files);
    let gate = scene.gate("");
    let steps = steps(&random, &plain);
    for coding in ASKED {
        let mut stream = scene.open("/stream.php", coding);
        follow(&mut stream, &steps, &gate, name(coding));
        ends(&mut stream, b"", name(coding));
        let encoded = stream.source().encoded().len();
        eprintln!("{kind:?}, {}: {encoded} bytes of {}", name(coding), steps.concat().len());
    }
}

/// Lets the script take one step after another, each when the one before has been decoded.
#[track_caller]
fn follow<S: Source>(stream: &mut Reader<S>, steps: &[String], gate: &Gate, what: &str) {
    let (first, steps) = steps.split_first().unwrap();
    brings(stream, first.as_bytes(), what);
    for (number, step) in steps.iter().enumerate() {
        gate.release();
        brings(stream, step.as_bytes(), &format!("{what}, step {number}"));
    }
}

pub(crate) fn curl_and_python_decode_each_event_when_it_is_sent(kind: Kind) {
    let files = [("stream.php", STEPS), ("random", "x"), ("plain", "y")];
    let scene = Scene::new(kind, 1, &files);
    let gate = scene.gate("");
    let steps = steps("x", "y");
    for program in Program::ALL {
        let is_given = |coding: &Coding| kind.gives(Some(*coding)).is_some();
        for coding in program.codings().into_iter().filter(is_given) {
            let mut client = program.get(&scene, "/stream.php", coding);
            follow(&mut client.body, &steps, &gate, &format!("{program:?}, {coding:?}"));
            assert_eq!(client.into_rest(soon()), b"", "{program:?}, {coding:?}");
        }
    }
}

/// Is blocked between two events.
const BLOCKED: &str = "<?php
    $sse = Sse::start(heartbeat: 0.1, compress: true);
    $sse->send('blocked');
    gate();
    $sse->send('free');";

pub(crate) fn heartbeats_can_be_decoded_while_php_is_blocked(kind: Kind) {
    let at_once = kind.at_once(ASKED.len());
    let scene = Scene::new(kind, at_once, &[("blocked.php", BLOCKED)]);
    for asked in ASKED.chunks(at_once) {
        // Each is opened when the one before is: a worker of `php -S` may take two that come together.
        let open = |coding: &Option<Coding>| {
            let gate = scene.gate(name(*coding));
            let target = format!("/blocked.php?as={}", name(*coding));
            let mut stream = scene.events(&target, *coding);
            assert_eq!(stream.next_event().data, "blocked");
            (stream, gate)
        };
        let streams: Vec<_> = asked.iter().map(open).collect();
        // At the same time: what waits has its time of arrival when it is read.
        thread::scope(|scope| {
            for ((mut stream, gate), coding) in streams.into_iter().zip(asked) {
                scope.spawn(move || {
                    hears_heartbeats(&mut stream, *coding, kind);
                    gate.release();
                    ends_with(stream, "free", name(*coding));
                });
            }
        });
    }
}

/// Sees that there is one more event, and the end.
#[track_caller]
fn ends_with(mut stream: Events, data: &str, what: &str) {
    assert_eq!(stream.next_event().data, data, "{what}");
    let rest = stream.items_to_end(soon()).unwrap();
    let is_quiet = rest.iter().all(|item| matches!(item, Item::Comment { .. }));
    assert!(is_quiet, "{what}: {rest:?}");
    assert_eq!(stream.end(), Some(&End::Clean), "{what}");
}

/// Hears the heart beat some times, and prints when.
#[track_caller]
fn hears_heartbeats(stream: &mut Events, coding: Option<Coding>, kind: Kind) {
    let mut times = Vec::new();
    while times.len() < 5 {
        match stream.next_item(soon()) {
            Ok(Some(Item::Comment { at, text })) if text.is_empty() => times.push(at),
            other => panic!("{kind:?}, {}: {other:?}", name(coding)),
        }
    }
    let gaps: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    eprintln!("{kind:?}, {}: heartbeats after {gaps:?} ms", name(coding));
}
