//! Streams that go on in the hub: through the hand-over, an upgrade of the hub, and a reload of the server.

use server_tests::content_coding::Coding;
use server_tests::event_stream::Item;
use server_tests::patience::soon;
use server_tests::process::Signal;
use server_tests::reader::End;

use crate::scene::{ASKED, Events, Scene, name};
use crate::server::{Kind, on_every_server};

on_every_server![a_stream_is_whole_through_a_hand_over_an_upgrade_and_a_reload,];

/// Lets the hub go on where it can, once its client has had the first event.
const SUBSCRIBE: &str = "<?php
    $sse = Sse::start(compress: true);
    $sse->send('of the worker');
    gate();
    note($sse->subscribe('news') ? 'moved' : 'ended');";

pub(crate) fn a_stream_is_whole_through_a_hand_over_an_upgrade_and_a_reload(kind: Kind) {
    let at_once = kind.at_once(ASKED.len());
    for asked in ASKED.chunks(at_once) {
        let scene = Scene::with(kind, at_once, &[("subscribe.php", SUBSCRIBE)], |php| {
            php.ini("sse.heartbeat", "0.1")
        });
        scene.start_hub();
        goes_through(&scene, kind, asked);
    }
}

#[track_caller]
fn goes_through(scene: &Scene, kind: Kind, asked: &[Option<Coding>]) {
    // Each is opened when the one before is: a worker of `php -S` may take two that come together.
    let open = |coding: &Option<Coding>| {
        let gate = scene.gate(name(*coding));
        let target = format!("/subscribe.php?as={}", name(*coding));
        let mut stream = scene.events(&target, *coding);
        assert_eq!(stream.next_event().data, "of the worker", "{coding:?}");
        gate.release();
        (stream, gate)
    };
    // Without its gate, a script that has yet to come there would find none.
    let (mut streams, gates): (Vec<_>, Vec<_>) = asked.iter().map(open).unzip();
    if kind.lets_go() {
        scene.wait_for_notes(&vec!["moved"; asked.len()]);
    } else {
        scene.wait_for_status("workers", asked.len());
    }
    drop(gates);

    all_bring(scene, &mut streams, "after the hand-over");
    for (stream, coding) in streams.iter_mut().zip(asked) {
        hears_heartbeats(stream, *coding);
    }
    if kind.lets_go() {
        go_on_in_the_hub(scene, &mut streams);
    } else if kind.is_frankenphp() {
        scene.server.signal(Signal::TERM);
    } else {
        scene.server.reload();
    }
    for (stream, coding) in streams.iter_mut().zip(asked) {
        let rest = stream.items_to_end(soon()).unwrap();
        let has_event = rest.iter().any(|item| matches!(item, Item::Event(_)));
        assert!(!has_event, "{}: {rest:?}", name(*coding));
        assert_eq!(stream.end(), Some(&End::Clean), "{}", name(*coding));
    }
}

/// Through an upgrade, and a reload of the server, to the end of the hub.
#[track_caller]
fn go_on_in_the_hub(scene: &Scene, streams: &mut [Events]) {
    assert!(scene.hub("upgrade").status().unwrap().success());
    all_bring(scene, streams, "after the upgrade");
    all_bring(scene, streams, "and another");
    if scene.server.can_reload() {
        scene.server.reload();
        all_bring(scene, streams, "after the reload");
    }
    assert!(scene.hub("stop").status().unwrap().success());
}

/// Publishes something, and sees that it can be decoded in each of these streams.
#[track_caller]
fn all_bring(scene: &Scene, streams: &mut [Events], data: &str) {
    let id = scene.publish(data);
    for stream in streams {
        let event = stream.next_event();
        let coding = stream.source().coding();
        assert_eq!((event.data.as_str(), event.id), (data, Some(id.clone())), "{}", name(coding));
    }
}

#[track_caller]
fn hears_heartbeats(stream: &mut Events, coding: Option<Coding>) {
    for _ in 0..3 {
        let item = stream.next_item(soon()).unwrap();
        assert!(matches!(item, Some(Item::Comment { .. })), "{}: {item:?}", name(coding));
    }
}
