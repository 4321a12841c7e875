//! Hubs that are started, missing, frozen, or killed.

use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::process::Signal;
use server_tests::server::Php;

use crate::scene::{Kind, Scene};

/// This script prints the answer of `publish()`, and again a moment later.
pub(crate) const TRY_TWICE: &str = "<?php
    for ($i = 0; $i < 2; $i++) {
        try { echo Sse::publish('news', 'x'), \"\\n\"; } catch (SseException $e) { echo $e->getMessage(), \"\\n\"; }
    }";

pub(crate) fn without_spawning() -> Php {
    Php::with_sse().ini("sse.hub_spawn", "0")
}

pub(crate) fn text(scene: &Scene, target: &str) -> String {
    scene.server.get(target).into_text()
}

#[test]
fn fifty_first_requests_at_once_make_one_hub() {
    let scene = Kind::Fpm.play(50, Php::with_sse(), &[]);
    let streams: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(|| scene.subscribe(""))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    scene.wait_for("streams", 50);
    scene.wait_until_told(&"moved HandedOff over\n".repeat(50));
    let log = scene.site.read("hub/hub.log");
    assert_eq!(log.lines().count(), 1, "{log}");
    drop(streams);
}

#[test]
fn without_a_hub_publishing_fails_and_a_stream_waits_for_one() {
    let scene = Kind::Fpm.play(2, without_spawning(), &[("try.php", TRY_TWICE)]);
    let answer = text(&scene, "/try.php");
    assert_eq!(answer.matches("there is no hub").count(), 2, "{answer}");
    assert_eq!(answer.matches("sse-hub serve").count(), 2, "{answer}");

    let mut stream = scene.subscribe("");
    let mut hub = scene.hub("serve").spawn().unwrap();
    scene.wait_for("streams", 1);
    scene.publish("at last");
    assert_eq!(stream.next_event().data, "at last");
    drop(stream);
    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

#[test]
fn a_stream_that_moves_late_has_no_more_time_than_it_began_with() {
    let script = "<?php Sse::start(heartbeat: 0.5, maxLifetime: 6)->subscribe('news');";
    let scene = Kind::Fpm.play(1, without_spawning(), &[("short.php", script)]);
    let began = Instant::now();
    let mut stream = scene.open(&Request::get("/short.php")).body;
    // Four of its six seconds, which are a tenth more at most.
    stream.read_until(&b":\n".repeat(8), soon()).unwrap();
    let mut hub = scene.hub("serve").spawn().unwrap();
    scene.wait_for("streams", 1);
    stream.read_to_end(soon()).unwrap();
    // With six more, which may be a tenth less, it would have had 9.4.
    assert!(began.elapsed() < Duration::from_millis(9400), "{:?}", began.elapsed());
    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

#[test]
fn a_frozen_hub_costs_one_request_its_patience_and_no_stream() {
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("try.php", TRY_TWICE)]).with_hub();
    scene.publish("x");
    let hub = Pid::from_raw(scene.hub_pid().unwrap()).unwrap();
    kill_process(hub, Signal::STOP).unwrap();
    let answer = text(&scene, "/try.php");
    let mut stream = scene.subscribe("stay");
    kill_process(hub, Signal::CONT).unwrap();
    let [first, second] = answer.lines().collect::<Vec<_>>()[..] else { panic!("{answer}") };
    assert!(first.contains("whether it was done is not known"), "{first}");
    assert!(second.contains("a moment ago"), "{second}");
    scene.wait_for("workers", 1);
    scene.publish_from_command_line("thawed");
    wait_for("the event", soon(), || (stream.next_event().data == "thawed").then_some(()));
}

#[test]
fn a_hub_that_is_killed_is_followed_by_another_and_its_clients_are_told() {
    let scene = Kind::Fpm.play_alone();
    let stream = scene.subscribe("");
    let id = scene.publish("lost with the hub");
    let hub = Pid::from_raw(scene.hub_pid().unwrap()).unwrap();
    kill_process(hub, Signal::KILL).unwrap();
    let mut body = stream.into_source();
    while server_tests::reader::Source::next_piece(&mut body, soon()).unwrap().is_some() {}
    let request = Request::get("/subscribe.php").header("Last-Event-ID", &id);
    let mut again = scene.open(&request).events();
    let reset = again.next_event();
    assert!(reset.event == "reset" || reset.data == "lost with the hub", "{reset:?}");
    let later = scene.publish("of the second hub");
    let event = again.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(later), "of the second hub"));
}

#[test]
fn a_forked_child_does_not_speak_on_its_parents_connection() {
    let scene = Kind::Builtin.play_alone();
    let script = "
        Sse::publish('news', 'before');
        $child = pcntl_fork();
        $ids = array_map(fn ($i) => Sse::publish('news', \"$child $i\"), range(1, 500));
        $child and pcntl_wait($status);
        echo implode(\"\\n\", $ids), \"\\n\";";
    let before = scene.status()["published"].as_u64().unwrap();
    let output = scene.command_line(script).output().unwrap();
    let ids = String::from_utf8(output.stdout).unwrap();
    let different: std::collections::HashSet<_> = ids.lines().collect();
    assert_eq!((ids.lines().count(), different.len()), (1000, 1000));
    assert_eq!(scene.status()["published"].as_u64().unwrap() - before, 1001);
}

#[test]
fn two_hubs_at_once_are_one_and_the_other_says_so() {
    let scene = Kind::Builtin.play_alone();
    scene.publish("x");
    let second = scene.hub("serve").output().unwrap();
    assert!(!second.status.success());
    let errors = String::from_utf8_lossy(&second.stderr);
    assert!(errors.contains("another hub"), "{errors}");
}

#[test]
fn a_socket_that_a_killed_hub_has_left_behind_is_replaced() {
    let scene = Kind::Builtin.play_alone();
    let first = scene.publish("x");
    kill_process(Pid::from_raw(scene.hub_pid().unwrap()).unwrap(), Signal::KILL).unwrap();
    wait_for("its end", soon(), || scene.status().is_null().then_some(()));
    assert!(scene.site.path("hub/hub.sock").exists());
    let second = scene.publish("y");
    let number = |id: &str| id.replace('-', "").parse::<u128>().unwrap();
    assert!(number(&second) > number(&first), "{first} {second}");
}
