//! One stream too many.

use std::fs::{read_dir, read_link};
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for, within};
use server_tests::process::Signal;
use server_tests::server::Php;

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
    let body = response.into_text();
    assert_eq!(body, "There are too many open streams. Please try again later.\n");
}

#[track_caller]
fn wait_until_allowed(scene: &Scene, target: &str) {
    wait_for("a lease", soon(), || (scene.server.get(target).status() == 200).then_some(()));
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

/// An address as `inet_pton()` has it is no UTF-8.
#[test]
fn a_key_is_bytes_and_no_two_addresses_are_one() {
    let script = "<?php
        Sse::start(limitKey: inet_pton($_GET['address']), limit: 1)->subscribe('news');";
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("address.php", script)]).with_hub();
    let addresses = ["203.0.113.200", "203.0.113.201", "2001:db8::ff", "2001:db8::fe"];
    let target = |address: &str| format!("/address.php?address={address}");
    let open = |address| scene.open(&Request::get(&target(address)));
    let _streams = addresses.map(open);
    scene.wait_for("streams", 4);
    for address in addresses {
        assert_refused(&scene, &target(address));
    }
}

#[test]
fn a_worker_that_is_killed_gives_its_lease_back() {
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
    wait_for("its lease", a_second, || (scene.server.get(target).status() == 200).then_some(()));
}

/// What a fork inherits is no part of the stream: neither its lease, nor what the hub sees of its end.
#[test]
fn a_fork_that_lives_on_gives_the_lease_of_its_parents_stream_back() {
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

/// The number of eventfds that a process has.
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

/// The values of `onLimit`, on streams that the hub has, that a worker serves, and that do not subscribe.
const ON_LIMIT: &str = r#"<?php
    $options = ['limitKey' => 'ann', 'limit' => 1, 'onLimit' => $_GET['on'], 'heartbeat' => 0.02];
    $sse = Sse::start(...$options);
    $sse->onClose(fn ($why) => file_put_contents(__DIR__ . '/closed', "$why->name\n", FILE_APPEND));
    match ($_GET['way']) {
        'moved' => $sse->subscribe('news'),
        'served' => $sse->subscribe('news', handOff: false),
        'waits' => $sse->wait(3600),
        'sends' => (function () use ($sse) { while ($sse->send('x')) usleep(10_000); })(),
    };"#;

const WAYS: [&str; 4] = ["moved", "served", "waits", "sends"];

fn event_source(target: &str) -> Request {
    Request::get(target).header("Accept", "text/event-stream")
}

#[track_caller]
fn body_of(response: server_tests::http::Response) -> String {
    response.into_text()
}

#[test]
fn the_oldest_makes_room_is_told_so_and_does_not_come_back() {
    let scene = Kind::Fpm.play(6, Php::with_sse(), &[("on.php", ON_LIMIT)]).with_hub();
    for way in WAYS {
        let target = format!("/on.php?on=drop-oldest&way={way}");
        let request = event_source(&target);
        let (first, second) = (scene.open(&request), scene.open(&request));
        let told = body_of(first);
        let dropped = "id: sse:dropped\nevent: sse:dropped\ndata: {\"lastEventId\":";
        assert!(told.contains(dropped) && told.ends_with("}\n\n"), "{way}: {told}");
        // As an EventSource comes back: with the id that it was given.
        let again = scene.server.send(&request.clone().header("Last-Event-ID", "sse:dropped"));
        assert_eq!(again.status(), 204, "{way}");
        // A page that its user wants to go on with has the lease again.
        let third = scene.open(&request);
        assert!(body_of(second).contains(dropped), "{way}");
        drop(third);
        scene.wait_for("limits", 0);
    }
    assert_eq!(scene.status()["droppedOldest"], 2 * WAYS.len());
}

/// Its own `lastEventId` is `sse:dropped` by then.
#[test]
fn one_that_makes_room_before_it_has_heard_anything_is_told_what_it_came_with() {
    let scene = Kind::Fpm.play(3, Php::with_sse(), &[("on.php", ON_LIMIT)]).with_hub();
    scene.publish("before");
    let id = scene.status()["lastEventId"].as_str().unwrap().to_owned();
    for way in WAYS {
        let request = event_source(&format!("/on.php?on=drop-oldest&way={way}"));
        let first = scene.open(&request.clone().header("Last-Event-ID", &id));
        let second = scene.open(&request);
        let told = body_of(first);
        let left_at = format!("event: sse:dropped\ndata: {{\"lastEventId\":\"{id}\"}}\n\n");
        assert!(told.ends_with(&left_at), "{way}: {told}");
        drop(second);
        scene.wait_for("limits", 0);
    }
}

#[test]
fn a_client_on_another_site_may_read_why_it_has_no_stream() {
    let script = "<?php
        isset($_GET['stop']) ? Sse::stop() : Sse::start(limitKey: 'ann', limit: 1, onLimit: $_GET['on'])->wait(3600);";
    let php = Php::with_sse().ini("sse.allow_origin", "https://a.example");
    let scene = Kind::Fpm.play(2, php, &[("cors.php", script)]).with_hub();
    let stream = scene.open(&event_source("/cors.php?on=refuse"));
    let dropped = event_source("/cors.php?on=drop-oldest").header("Last-Event-ID", "sse:dropped");
    let refused = Request::get("/cors.php?on=refuse");
    for (request, status) in [(dropped, 204), (Request::get("/cors.php?stop"), 204), (refused, 503)]
    {
        let response = scene.server.send(&request.header("Origin", "https://a.example"));
        assert_eq!(response.status(), status);
        let reader = response.header("Access-Control-Allow-Origin");
        assert_eq!((reader, response.header("Vary")), (Some("https://a.example"), Some("Origin")));
    }
    drop(stream);
}

/// Neither a preflight nor a question for the head has a stream.
#[test]
fn nobody_makes_room_for_a_request_without_a_stream() {
    let scene = Kind::Fpm.play(2, Php::with_sse(), &[("on.php", ON_LIMIT)]).with_hub();
    let target = "/on.php?on=drop-oldest&way=moved";
    let stream = scene.open(&event_source(target));
    scene.wait_for("streams", 1);
    assert_eq!(scene.server.send(&Request::options(target)).status(), 204);
    assert_eq!(scene.server.send(&Request::head(target)).status(), 200);
    assert_eq!(
        (scene.status()["streams"].as_u64(), scene.status()["limits"].as_u64()),
        (Some(1), Some(1))
    );
    assert_eq!(scene.status()["droppedOldest"], 0);
    drop(stream);
}

#[test]
fn one_too_many_may_be_told_when_to_come_back() {
    let scene = Kind::Fpm.play(3, Php::with_sse(), &[("on.php", ON_LIMIT)]).with_hub();
    let target = "/on.php?on=retry&way=moved";
    let stream = scene.open(&event_source(target));
    scene.wait_for("streams", 1);
    let mut times: Vec<u32> = (0..20)
        .map(|_| {
            let body = body_of(scene.open(&event_source(target).header("Last-Event-ID", "7-7")));
            let retry = body.lines().find_map(|line| line.strip_prefix("retry: "));
            let time = retry.and_then(|time| time.parse().ok());
            // The position that the client came with is still its own.
            assert!(body.contains("id: 7-7\n"), "{body}");
            time.unwrap_or_else(|| panic!("{body}"))
        })
        .collect();
    assert!(times.iter().all(|time| (5000..=10_000).contains(time)), "{times:?}");
    times.dedup();
    assert!(times.len() > 10, "they are spread: {times:?}");
    // Who is no EventSource gets a status.
    assert_refused(&scene, target);
    drop(stream);
    scene.wait_for("streams", 0);
    drop(scene.open(&event_source(target)));
}

/// Many tabs at once: one is left, all others are told, and no lease stays taken.
#[test]
fn in_a_storm_of_tabs_one_stays_and_all_others_are_told() {
    const TABS: usize = 40;
    let scene = Kind::Fpm.play(6, Php::with_sse(), &[("on.php", ON_LIMIT)]).with_hub();
    let (sent, ended) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for tab in 0..TABS {
            let (scene, sent) = (&scene, sent.clone());
            scope.spawn(move || {
                let way = WAYS[tab % WAYS.len()];
                let target = format!("/on.php?on=drop-oldest&way={way}");
                let mut response = scene.open(&event_source(&target));
                let _ = response.body.read_until(b"event: sse:dropped\n", soon());
                let _ = sent.send(response);
            });
        }
        let others: Vec<_> =
            (1..TABS).map(|_| ended.recv_timeout(Duration::from_secs(60)).unwrap()).collect();
        assert_eq!(scene.status()["droppedOldest"], TABS - 1);
        assert_eq!(scene.status()["limits"], 1);
        drop(others);
        // One more makes the last one go.
        let last = scene.open(&event_source("/on.php?on=drop-oldest&way=moved"));
        drop(ended.recv_timeout(Duration::from_secs(60)).unwrap());
        drop(last);
    });
    scene.wait_for("limits", 0);
}
