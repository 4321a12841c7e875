//! Events that are published while a stream begins: nobody misses one, neither in the hub's hands nor in
//! the worker's.

use std::process::Stdio;
use std::thread;

use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::server::Php;

use crate::scene::{Kind, Scene};

/// Publishes, until the test is over, and prints all ids then.
const STORM: &str = "
    for ($ids = []; !file_exists('$over'); clearstatcache()) {
        $ids[] = Sse::publish('storm', '');
        usleep(200);
    }
    echo implode(\"\\n\", $ids);";

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

/// Has clients come while events are published, and answers how many of them have missed some.
fn missed(target: &str) -> usize {
    let scripts = [("patient.php", PATIENT), ("forgetful.php", FORGETFUL)];
    let scene = Kind::Fpm.play(8, Php::with_sse(), &scripts).with_hub();
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
