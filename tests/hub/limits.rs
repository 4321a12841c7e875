//! One stream too many.

use std::{
    fs::{read_dir, read_link},
    time::{Duration, Instant},
};

use rustix::process::{Pid, kill_process};
use server_tests::{
    http::Request,
    patience::{soon, wait_for, within},
    process::Signal,
    server::Php,
};

use crate::scene::{Kind, Scene};

const LIMITED: &str = r#"<?php
    register_shutdown_function(fn () => file_put_contents(__DIR__ . '/ended', "x", FILE_APPEND));
    $sse = Sse::start(limitKey: 'user:' . $_GET['user'], limit: 3);
    file_put_contents(__DIR__ . '/worker', getmypid());
    isset($_GET['stay']) ? $sse->wait(3600) : $sse->subscribe('news');"#;

fn scene() -> Scene {
    Kind::Fpm.play(6, Php::with_sse(), &[("limited.php", LIMITED)]).with_hub()
}

#[track_caller]
fn assert_refused(scene: &Scene, target: &str) {
    let response = scene.server.get(target);
    assert_eq!(response.status(), 503);
    assert_eq!(response.header("Retry-After"), Some("5"));
    assert_eq!(response.header("Content-Type"), Some("text/plain; charset=utf-8"));
    let body = String::from_utf8(response.into_body()).unwrap();
    assert_eq!(body, "There are too many open streams. Please try again later.\n");
}

#[track_caller]
fn wait_until_allowed(scene: &Scene, target: &str) {
    wait_for("a place", soon(), || (scene.server.get(target).status() == 200).then_some(()));
}

#[test]
fn the_fourth_stream_of_a_user_is_refused_until_one_of_three_ends() {
    for target in ["/limited.php?user=ann", "/limited.php?user=ann&stay"] {
        let scene = scene();
        let streams = [(); 3].map(|()| scene.open(&Request::get(target)));
        assert_refused(&scene, target);
        drop(scene.open(&Request::get("/limited.php?user=bob")));
        drop(streams);
        wait_until_allowed(&scene, target);
    }
}

#[test]
fn a_worker_that_is_killed_gives_its_place_back() {
    let scene = scene();
    let target = "/limited.php?user=ann&stay";
    let _streams = [(); 3].map(|()| scene.open(&Request::get(target)));
    assert_refused(&scene, target);
    // Each of them writes it, after its head is out.
    let worker = || scene.site.read("worker").parse().ok();
    let worker = wait_for("its number", soon(), worker);
    let worker = Pid::from_raw(worker).unwrap();
    kill_process(worker, Signal::KILL).unwrap();
    let a_second = within(Duration::from_secs(1));
    wait_for("its place", a_second, || (scene.server.get(target).status() == 200).then_some(()));
}

/// What a fork inherits is no part of the stream: neither its place, nor what the hub sees of its end.
#[test]
fn a_fork_that_lives_on_gives_the_place_of_its_parents_stream_back() {
    let script = "<?php
        $sse = Sse::start(limitKey: 'ann', limit: 1);
        Sse::publish('nobody', 'what is asked now and then');
        if (!file_exists(__DIR__ . '/child') && pcntl_fork() === 0) {
            file_put_contents(__DIR__ . '/child', getmypid());
            sleep(3600);
        }
        $sse->subscribe('news', handOff: false);";
    for kind in [Kind::Cgi, Kind::Builtin] {
        let scene = kind.play(2, Php::with_sse(), &[("one.php", script)]).with_hub();
        let target = "/one.php";
        let stream = scene.open(&Request::get(target));
        let child = wait_for("its number", soon(), || scene.site.read("child").parse().ok());
        let child = Pid::from_raw(child).unwrap();
        scene.wait_for("workers", 1);
        drop(stream);
        scene.wait_for("workers", 0);
        wait_until_allowed(&scene, target);
        assert_eq!(eventfds_of(child), 0, "{kind:?}");
        kill_process(child, Signal::KILL).unwrap();
    }
}

/// How many bells a process could ring, or hear.
fn eventfds_of(process: Pid) -> usize {
    let descriptors = read_dir(format!("/proc/{process}/fd")).unwrap().flatten();
    let files = descriptors.filter_map(|descriptor| read_link(descriptor.path()).ok());
    files.filter(|file| file.to_string_lossy().contains("eventfd")).count()
}

#[test]
fn a_stream_that_outlives_its_hub_counts_with_the_next() {
    let script = "<?php Sse::start(limitKey: 'ann', limit: 1)->subscribe('news', handOff: false);";
    let scene = Kind::Fpm.play(3, Php::with_sse(), &[("one.php", script)]).with_hub();
    let _stream = scene.open(&Request::get("/one.php"));
    scene.wait_for("workers", 1);
    assert_refused(&scene, "/one.php");
    kill_process(Pid::from_raw(scene.hub_pid().unwrap()).unwrap(), Signal::KILL).unwrap();
    scene.wait_for("workers", 1);
    assert_refused(&scene, "/one.php");
}

#[test]
fn a_stream_whose_place_went_with_its_hub_moves_to_the_next() {
    let script = "<?php
        $sse = Sse::start(limitKey: 'ann', limit: 1);
        while (!file_exists(__DIR__ . '/go')) {
            $sse->wait(0.01);
        }
        $sse->subscribe('news');";
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("one.php", script)]).with_hub();
    let _stream = scene.open(&Request::get("/one.php"));
    kill_process(Pid::from_raw(scene.hub_pid().unwrap()).unwrap(), Signal::KILL).unwrap();
    let scene = scene.with_hub();
    scene.site.write("go", "");
    scene.wait_for("streams", 1);
    assert_refused(&scene, "/one.php");
}

#[test]
fn a_pool_has_no_more_streams_than_its_setting_allows() {
    let scene = Kind::Fpm.play(1, Php::with_sse().ini("sse.max_streams", "2"), &[]).with_hub();
    let _streams = [(); 2].map(|()| scene.subscribe(""));
    scene.wait_for("streams", 2);
    assert_refused(&scene, "/subscribe.php");
}

#[test]
fn a_frozen_hub_refuses_nobody_and_keeps_one_request_waiting() {
    let scene = Kind::Fpm.play(1, Php::with_sse(), &[("limited.php", LIMITED)]).with_hub();
    let hub = Pid::from_raw(scene.hub_pid().unwrap()).unwrap();
    kill_process(hub, Signal::STOP).unwrap();
    let request = Request::head("/limited.php?user=ann");
    let durations = [(); 5].map(|()| {
        let start = Instant::now();
        scene.open(&request);
        start.elapsed()
    });
    kill_process(hub, Signal::CONT).unwrap();
    let patience = Duration::from_millis(250);
    assert!(durations[0] >= patience, "{durations:?}");
    // A busy machine may be as slow as the hub once, but not every time.
    let slow = durations.iter().filter(|duration| **duration >= patience).count();
    assert!(slow <= 2, "{durations:?}");
}
