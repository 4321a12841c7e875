//! Streams that the worker serves, with the hub's events.

use rustix::process::{Pid, kill_process};
use server_tests::http::Request;
use server_tests::process::Signal;
use server_tests::server::Php;

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
fn httpd_keeps_a_connection_whose_bytes_it_changes() {
    assert_served(&Kind::ApacheFilter.play(2, Php::with_sse(), &[]).with_hub(), "");
}

#[test]
fn a_head_request_has_no_stream_to_move() {
    let scene = Kind::Fpm.play_alone();
    let response = scene.open(&Request::head("/subscribe.php"));
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    scene.wait_until_told("served Closed over\n");
    assert_eq!(scene.status()["accepted"], 0);
}

#[test]
fn a_stream_that_stays_goes_on_with_the_next_hub() {
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[]).with_hub();
    let mut stream = scene.subscribe("stay");
    scene.wait_for("workers", 1);
    scene.publish("of the first hub");
    assert_eq!(stream.next_event().data, "of the first hub");
    assert!(scene.hub("upgrade").status().unwrap().success());
    scene.publish("of the second hub");
    assert_eq!(stream.next_event().data, "of the second hub");
    kill_process(Pid::from_raw(scene.hub_pid().unwrap()).unwrap(), Signal::KILL).unwrap();
    scene.wait_for("workers", 1);
    let id = scene.publish("of the third hub");
    let events = [(); 2].map(|()| stream.next_event());
    assert_eq!(events[0].event, "reset");
    assert_eq!((&events[1].data[..], &events[1].id), ("of the third hub", &Some(id)));
}

#[test]
fn a_stream_that_stays_ends_when_its_server_reloads() {
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[]).with_hub();
    let stream = scene.subscribe("stay");
    scene.wait_for("workers", 1);
    scene.server.reload();
    scene.wait_until_told("served Shutdown over\n");
    drop(stream);
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
