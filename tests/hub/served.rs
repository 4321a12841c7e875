//! Streams that the worker serves, with the hub's events.

use server_tests::{http::Request, server::Php};

use crate::scene::{Kind, Scene};

#[track_caller]
fn assert_served(scene: &Scene, query: &str) {
    let first = scene.publish("first");
    scene.publish("second");
    let request = Request::get(&format!("/subscribe.php?{query}")).header("Last-Event-ID", &first);
    let mut stream = scene.open(&request).events();
    assert_eq!(stream.next_event().data, "second");
    scene.wait_for("workers", 1);
    assert_eq!(scene.status()["streams"], 0);
    let id = scene.publish("third");
    let event = stream.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(id), "third"));
    drop(stream);
    scene.wait_until_told("served ClientGone over\n");
    scene.wait_for("workers", 0);
}

#[test]
fn httpd_keeps_a_connection_that_it_encrypts() {
    assert_served(&Kind::ApacheTls.play(2, Php::with_sse(), &[]).with_hub(), "");
}

#[test]
fn a_script_that_wants_to_stay_stays() {
    for kind in [Kind::Fpm, Kind::Cgi, Kind::Apache, Kind::ApacheDeflate] {
        assert_served(&kind.play(2, Php::with_sse(), &[]).with_hub(), "stay");
    }
}

#[test]
fn a_filter_sees_every_event_and_keeps_some_from_the_client() {
    let script = "<?php
        Sse::start()->subscribe(['a', 'b'], function (SseEvent $event, string $topic) {
            file_put_contents(__DIR__ . '/seen', \"$topic $event->event $event->data\\n\", FILE_APPEND);
            return $event->data !== 'secret';
        });";
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("filter.php", script)]).with_hub();
    let mut stream = scene.open(&Request::get("/filter.php")).events();
    scene.wait_for("workers", 1);
    let publish = "Sse::publish('a', 'secret', 'x'); Sse::publish(['b', 'c'], 'public', 'y');";
    assert!(scene.command_line(publish).status().unwrap().success());
    let event = stream.next_event();
    assert_eq!((event.event.as_str(), event.data.as_str()), ("y", "public"));
    assert_eq!(scene.site.read("seen"), "a x secret\nb y public\n");
}

#[test]
fn the_command_line_prints_what_is_published() {
    let scene = Kind::Builtin.play_alone();
    let first = scene.publish("first");
    scene.publish("second");
    let script = format!(
        "$_SERVER['HTTP_LAST_EVENT_ID'] = '{first}';
        $sse = Sse::start(maxLifetime: 0.5);
        var_dump($sse->subscribe('news'), $sse->stopReason()->name);"
    );
    let output = scene.command_line(&script).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.contains("data: second\n\nbool(false)\nstring(11) \"MaxLifetime\"\n"),
        "{output}"
    );
    assert!(!output.contains("first"), "{output}");
}
