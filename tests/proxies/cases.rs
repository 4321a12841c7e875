//! The tests that hold behind each server.

use std::ops::RangeInclusive;
use std::path::Path;

use server_tests::event_stream::Item;
use server_tests::http::{EventStream, Request};
use server_tests::patience::{soon, wait_for};
use server_tests::reader::End;
use server_tests::server::{Php, Server};

use crate::scene::Scene;

/// Makes tests of all cases, behind each of these.
macro_rules! on {
    ($($name:ident: $kind:expr,)*) => {
        $(mod $name {
            use super::*;

            const KIND: Kind = $kind;
            $crate::cases::on! { @
                each_event_arrives_when_it_is_sent,
                heartbeats_arrive_while_php_is_blocked,
                a_disconnect_is_seen_at_a_certain_write,
                a_disconnect_is_seen_by_heartbeats_alone,
                a_reload_ends_the_stream_cleanly,
                what_is_published_reaches_a_stream_that_the_hub_holds,
                doctor_tells_of_this_server,
            }
        })*
    };
    (@ $($case:ident,)*) => {
        $(#[test]
        fn $case() {
            $crate::cases::$case(&KIND);
        })*
    };
}
pub(crate) use on;

/// A server in front of PHP.
pub(crate) struct Kind {
    /// Starts it on a document root.
    pub(crate) start: fn(&Path, Php) -> Server,
    /// At which write after its client has left the script is told; 0: without a write.
    pub(crate) writes: RangeInclusive<u32>,
    /// `doctor()` names these.
    pub(crate) named: &'static [&'static str],
}

#[track_caller]
fn ends_cleanly(mut stream: EventStream) {
    stream.items_to_end(soon()).unwrap();
    assert_eq!(stream.end(), Some(&End::Clean));
}

pub(crate) fn each_event_arrives_when_it_is_sent(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(heartbeat: 3600);
        foreach ([Sse::lastEventId(), 'two', 'three'] as $data) {
            $sse->send($data);
            gate();
        }";
    let scene = Scene::new(kind.start, script);
    let mut stream = scene.come_back("41");
    for data in ["41", "two", "three"] {
        assert_eq!(stream.next_event().data, data);
        scene.gate.release();
    }
    ends_cleanly(stream);
}

pub(crate) fn heartbeats_arrive_while_php_is_blocked(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.1);
        $sse->send('first');
        gate();";
    let scene = Scene::new(kind.start, script);
    let mut stream = scene.open();
    stream.next_event();
    for _ in 0..5 {
        let item = stream.next_item(soon()).unwrap();
        assert!(matches!(item, Some(Item::Comment { .. })), "{item:?}");
    }
    scene.gate.release();
    ends_cleanly(stream);
}

/// Each write has a second to be answered by a reset, and that to come through.
pub(crate) fn a_disconnect_is_seen_at_a_certain_write(kind: &Kind) {
    let script = "<?php
        ignore_user_abort(true);
        $sse = Sse::start(heartbeat: 0);
        $sse->send('first');
        gate();
        for ($writes = 0; $sse->wait(1) && $writes < 9; $writes++) {
            $sse->send('more');
        }
        note($writes . ' ' . $sse->stopReason()?->name);";
    let scene = Scene::new(kind.start, script);
    let mut stream = scene.open();
    stream.next_event();
    stream.into_source().into_wire().close();
    scene.gate.release();
    let notes = wait_for("the script's notes", soon(), || {
        Some(scene.site.read("notes")).filter(|notes| notes.ends_with('\n'))
    });
    let writes = notes.strip_suffix(" ClientGone\n").and_then(|writes| writes.parse().ok());
    assert!(writes.is_some_and(|writes| kind.writes.contains(&writes)), "{notes}");
}

pub(crate) fn a_disconnect_is_seen_by_heartbeats_alone(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(heartbeat: 0.1);
        $sse->onClose(fn ($why) => note($why->name));
        $sse->send('first');
        while ($sse->wait(3600));";
    let scene = Scene::new(kind.start, script);
    let mut stream = scene.open();
    stream.next_event();
    stream.into_source().into_wire().close();
    scene.wait_for_notes(&["ClientGone"]);
}

pub(crate) fn a_reload_ends_the_stream_cleanly(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start(heartbeat: 3600);
        $sse->send('first');
        while ($sse->wait(3600));
        note($sse->stopReason()->name);";
    let scene = Scene::new(kind.start, script);
    let mut stream = scene.open();
    stream.next_event();
    scene.reload();
    ends_cleanly(stream);
    scene.wait_for_notes(&["Shutdown"]);
}

pub(crate) fn what_is_published_reaches_a_stream_that_the_hub_holds(kind: &Kind) {
    let script = "<?php
        if ($_SERVER['REQUEST_METHOD'] === 'POST') {
            for (; ; usleep(10_000)) {
                try {
                    exit(Sse::publish('news', 'hello'));
                } catch (SseException) {
                }
            }
        }
        note(Sse::start()->subscribe('news') ? 'moved' : 'served');";
    let scene = Scene::new(kind.start, script);
    let publish = Request::post("/stream.php", "");
    // The first one starts the hub.
    assert_eq!(scene.send(&publish).status(), 200);
    let mut stream = scene.open();
    scene.wait_for_notes(&["moved"]);
    for _ in 0..3 {
        assert_eq!(scene.send(&publish).status(), 200);
        assert_eq!(stream.next_event().data, "hello");
    }
}

pub(crate) fn doctor_tells_of_this_server(kind: &Kind) {
    let script = "<?php
        $sse = Sse::start();
        $sse->send(implode(PHP_EOL, Sse::doctor()['advice']));";
    let scene = Scene::new(kind.start, script);
    let advice = scene.open().next_event().data;
    for name in ["nginx", "Caddy", "lighttpd", "Apache", "HAProxy", "Varnish"] {
        assert_eq!(advice.contains(name), kind.named.contains(&name), "{name}: {advice}");
    }
}
