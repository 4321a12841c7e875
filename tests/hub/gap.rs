//! Events that are published while a stream begins: nobody misses one, neither in the hub's hands nor in
//! the worker's.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;

use rustix::process::{Pid, kill_process};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::process::Signal;
use server_tests::server::Php;

use crate::scene::{Kind, Scene};

/// Publishes, until the test is over, and prints all ids then.
const STORM: &str = "
    for ($ids = []; !file_exists('$over'); clearstatcache()) {
        $ids[] = Sse::publish('storm', '');
        usleep(200);
    }
    echo implode(\"\\n\", $ids);";

/// Has the hub keep everything: its usual thousand events are the third part of a second of the storm, and a
/// machine with much else to do may let a script wait for longer.
const KEEPS_ALL: &str = "#!/bin/sh
    exec $program \"$@\" --backlog-events 1000000 --backlog-bytes 1000000000";

/// Takes its time between its start and its subscription.
const PATIENT: &str = r"<?php
    header('X-Position: ' . Sse::status()['lastEventId']);
    usleep(3_000);
    $sse = Sse::start();
    usleep(3_000);
    $sse->subscribe('storm', handOff: !isset($_GET['stay']));";

/// The negative control: it knows of nothing from before its subscription.
const FORGETFUL: &str = r"<?php
    header('X-Position: ' . Sse::status()['lastEventId']);
    usleep(6_000);
    $_SERVER['HTTP_LAST_EVENT_ID'] = Sse::status()['lastEventId'];
    Sse::start()->subscribe('storm');";

/// Its hub does not answer when it subscribes.
const LEFT_ALONE: &str = r"<?php
    Sse::publish('news', 'since it began');
    file_put_contents(__DIR__ . '/published', 'yes');
    fgets(fopen(__DIR__ . '/gate', 'r'));
    Sse::start()->subscribe('news', handOff: !isset($_GET['stay']));";

/// One client, and all that it has seen.
struct Visit {
    /// The newest event when its script began.
    position: String,
    ids: Vec<String>,
}

impl Visit {
    /// Gets the first thirty events of a stream.
    fn new(scene: &Scene, target: &str) -> Self {
        let response = scene.open(&Request::get(target));
        let position = response.header("X-Position").unwrap().to_owned();
        let mut events = response.events();
        Self { position, ids: (0..30).map(|_| events.next_event().id.unwrap()).collect() }
    }

    /// True if it has everything from when its script began, in order and once.
    fn is_complete(&self, published: &[&str]) -> bool {
        let index = |id: &str| published.iter().position(|published| *published == id);
        let due = index(&self.position).map_or(0, |newest| newest + 1);
        let Some(first) = index(&self.ids[0]) else { return false };
        first <= due && published[first..].iter().zip(&self.ids).all(|(due, id)| due == id)
    }
}

/// A server with these scripts, and a hub that keeps everything.
fn scene(scripts: &[(&str, &str)]) -> Scene {
    let scene = Kind::Fpm.play(8, Php::with_sse(), scripts);
    let (program, usual) = (scene.site.path("sse-hub"), scene.site.path("sse-hub-itself"));
    fs::rename(&program, &usual).unwrap();
    scene.site.write("sse-hub", KEEPS_ALL.replace("$program", &usual.display().to_string()));
    fs::set_permissions(program, Permissions::from_mode(0o755)).unwrap();
    scene.with_hub()
}

/// Has clients come while events are published, and answers how many of them have missed some.
fn missed(target: &str) -> usize {
    let scene = scene(&[("patient.php", PATIENT), ("forgetful.php", FORGETFUL)]);
    let over = scene.site.path("over");
    let storm = STORM.replace("$over", &over.display().to_string());
    let storm = scene.command_line(&storm).stdout(Stdio::piped()).spawn().unwrap();
    let before = scene.status()["published"].as_u64().unwrap();
    let has_begun = || (scene.status()["published"].as_u64()? > before + 10).then_some(());
    wait_for("the storm", soon(), has_begun);
    let visits: Vec<Visit> = thread::scope(|scope| {
        let come = || (0..20).map(|_| Visit::new(&scene, target)).collect::<Vec<_>>();
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(come)).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    scene.site.write("over", "");
    let published = String::from_utf8(storm.wait_with_output().unwrap().stdout).unwrap();
    let published: Vec<&str> = published.lines().collect();
    visits.iter().filter(|visit| !visit.is_complete(&published)).count()
}

#[test]
fn a_stream_that_moves_misses_nothing() {
    assert_eq!(missed("/patient.php"), 0);
}

#[test]
fn a_stream_that_stays_misses_nothing() {
    assert_eq!(missed("/patient.php?stay"), 0);
}

#[test]
fn a_stream_that_knows_nothing_of_its_beginning_is_found_out() {
    assert!(missed("/forgetful.php") > 40);
}

/// What was published since its script began is known to a hub that answers late, as well as to one that answers at
/// once.
#[test]
fn a_stream_that_the_hub_takes_at_the_second_attempt_misses_nothing() {
    for target in ["/left_alone.php", "/left_alone.php?stay"] {
        let scene = scene(&[("left_alone.php", LEFT_ALONE)]);
        let gate = scene.site.gate("gate");
        let hub = Pid::from_raw(scene.hub_pid().unwrap()).unwrap();
        let mut response = thread::scope(|scope| {
            let response = scope.spawn(|| scene.open(&Request::get(target)));
            scene.site.wait_for_contents("published", "yes", soon());
            kill_process(hub, Signal::STOP).unwrap();
            gate.release();
            response.join().unwrap()
        });
        // That is what it is told when the first attempt has failed.
        let told = response.body.read_until(b"event: sse:position\ndata: {}\n\n", soon());
        kill_process(hub, Signal::CONT).unwrap();
        told.unwrap();
        assert_eq!(response.events().next_event().data, "since it began", "{target}");
    }
}
