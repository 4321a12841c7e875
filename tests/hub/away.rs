//! A hub that is away: what becomes of streams, and of ordinary pages beside them.

use std::collections::HashSet;
use std::fs::{self, Permissions};
use std::io;
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;

use rustix::process::{Pid, kill_process};
use server_tests::extension;
use server_tests::http::{Request, Response};
use server_tests::patience::{soon, wait_for};
use server_tests::process::Signal;
use server_tests::server::Php;

use crate::hubs::{text, without_spawning};
use crate::scene::{Kind, Scene};

const WORKERS: usize = 8;
const STREAMS: usize = 60;

/// A stream that has to be a worker's says its heartbeats soon, and who that is.
const SUBSCRIBE: &str = "<?php
    Sse::start(heartbeat: 0.02, headers: ['X-Worker' => (string) getmypid()])->subscribe('news');
    echo 'never seen';";

const SCRIPTS: [(&str, &str); 5] = [
    ("ask.php", SUBSCRIBE),
    ("page.php", "<?php echo 'a page';"),
    ("doctor.php", "<?php echo Sse::doctor()['handOff'];"),
    (
        "offers.php",
        "<?php $sse = Sse::start(); $sse->send(Sse::doctor()['handOff']); $sse->send('goes on');",
    ),
    ("loop.php", "<?php $sse = Sse::start(); $sse->send('served by itself');"),
];

fn scene(workers: usize, php: Php) -> Scene {
    Kind::Fpm.play(workers, php, &SCRIPTS)
}

fn require() -> Php {
    without_spawning().ini("sse.hand_off", "require")
}

/// The request of an `EventSource` that comes back.
fn event_source(target: &str) -> Request {
    Request::get(target).header("Accept", "text/event-stream").header("Last-Event-ID", "7-7")
}

/// A stream that stays open, or the time after which its client is to come back.
enum Asked {
    Stays(Response, Pid),
    ComesBack(u32),
}

#[track_caller]
fn ask(scene: &Scene) -> Asked {
    let mut response = scene.open(&event_source("/ask.php"));
    let worker = response.header("X-Worker").unwrap().parse().unwrap();
    if response.body.read_until(b":\n:\n:\n", soon()).is_ok() {
        return Asked::Stays(response, Pid::from_raw(worker).unwrap());
    }
    let answer = String::from_utf8(response.body.read_to_end(soon()).unwrap()).unwrap();
    let last = answer.lines().last().unwrap_or_default();
    assert!(answer.ends_with('\n') && answer.contains("event: sse:position\n"), "{answer}");
    let time = last.strip_prefix("retry: ").and_then(|time| time.parse().ok());
    Asked::ComesBack(time.unwrap_or_else(|| panic!("{answer}")))
}

/// Many who ask at once; the times that those are told who are to come back.
fn ask_all(scene: &Scene) -> (Vec<Response>, Vec<u32>) {
    let (mut streams, mut times) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let asking: Vec<_> = (0..STREAMS).map(|_| scope.spawn(|| ask(scene))).collect();
        for asked in asking {
            match asked.join().unwrap() {
                Asked::Stays(stream, _) => streams.push(stream),
                Asked::ComesBack(time) => times.push(time),
            }
        }
    });
    (streams, times)
}

#[track_caller]
fn start_hub(scene: &Scene) -> Child {
    let hub = scene.hub("serve").spawn().unwrap();
    wait_for("the hub", soon(), || scene.hub_pid());
    hub
}

/// So many descriptors and no more: it can let nobody in.
fn limit_descriptors(hub: &Child, number: u32) {
    let mut command = Command::new("prlimit");
    command.arg("--pid").arg(hub.id().to_string()).arg(format!("--nofile={number}:"));
    assert!(command.status().unwrap().success());
}

/// Sixty clients come while the hub is away, and again when it is back.
#[track_caller]
fn assert_pages_are_answered(
    leave: impl FnOnce(&Scene, Child) -> Child,
    come_back: impl FnOnce(&Scene, Child) -> Child,
) {
    let scene = scene(WORKERS, require());
    let hub = start_hub(&scene);
    let before = ask_all(&scene);
    assert_eq!((before.0.len(), before.1.len()), (STREAMS, 0));
    drop(before);
    scene.wait_for("streams", 0);

    let hub = leave(&scene, hub);
    let (streams, times) = ask_all(&scene);
    assert_eq!((streams.len(), times.len()), (0, STREAMS));
    assert!(times.iter().all(|time| (1000..=30_000).contains(time)), "{times:?}");
    let different: HashSet<_> = times.iter().collect();
    assert!(different.len() > STREAMS / 2, "they are spread: {times:?}");
    for _ in 0..2 * WORKERS {
        assert_eq!(text(&scene, "/page.php"), "a page");
    }

    let mut hub = come_back(&scene, hub);
    let stays = || match ask(&scene) {
        Asked::Stays(stream, _) => Some(stream),
        Asked::ComesBack(_) => None,
    };
    let back: Vec<_> = (0..STREAMS).map(|_| wait_for("a stream", soon(), stays)).collect();
    scene.wait_for("streams", STREAMS as u64);
    drop(back);
    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

#[test]
fn beside_a_hub_that_is_frozen_pages_are_answered_and_streams_come_back() {
    let signal = |signal| {
        move |_: &Scene, hub: Child| {
            kill_process(Pid::from_child(&hub), signal).unwrap();
            hub
        }
    };
    assert_pages_are_answered(signal(Signal::STOP), signal(Signal::CONT));
}

#[test]
fn beside_a_hub_that_restarts_pages_are_answered_and_streams_come_back() {
    let stop = |scene: &Scene, mut hub: Child| {
        assert!(scene.hub("stop").status().unwrap().success());
        hub.wait().unwrap();
        hub
    };
    assert_pages_are_answered(stop, |scene, _| start_hub(scene));
}

#[test]
fn beside_a_hub_without_descriptors_pages_are_answered_and_streams_come_back() {
    let limit = |number| {
        move |_: &Scene, hub: Child| {
            limit_descriptors(&hub, number);
            hub
        }
    };
    assert_pages_are_answered(limit(8), limit(1024));
}

/// It has followed nothing yet, and knows no position: what is published while it is away is not lost in silence.
#[test]
fn who_is_turned_away_on_a_first_visit_is_told_reset_when_it_comes_back() {
    let scene = scene(1, require());
    let request = || Request::get("/ask.php").header("Accept", "text/event-stream");
    let answer = scene.open(&request()).into_text();
    let id = answer.lines().find_map(|line| line.strip_prefix("id: "));
    let id = id.unwrap_or_else(|| panic!("{answer}"));
    let mut hub = start_hub(&scene);
    scene.publish_from_command_line("missed");
    let again = || {
        let mut response = scene.open(&request().header("Last-Event-ID", id));
        response.body.read_until(b"event: reset\n", soon()).ok()
    };
    wait_for("a reset", soon(), again);
    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

/// The default, with its price.
#[test]
fn without_the_setting_a_stream_stays_with_its_worker_and_the_log_has_it_once() {
    for (php, says) in
        [(without_spawning(), "stays with its worker"), (require(), "is turned away")]
    {
        let log = tempfile::NamedTempFile::new().unwrap();
        fs::set_permissions(log.path(), Permissions::from_mode(0o666)).unwrap();
        let scene = scene(1, php.ini("error_log", &log.path().display().to_string()));
        let stays = says.starts_with("stays");
        for _ in 0..3 {
            let asked = ask(&scene);
            assert_eq!(matches!(asked, Asked::Stays(..)), stays);
        }
        let logged = fs::read_to_string(log.path()).unwrap();
        let beginning = format!("Sse::subscribe(): a stream {says}: there is no hub: ");
        assert_eq!(logged.matches(&beginning).count(), 1, "{logged}");
        assert_eq!(logged.lines().count(), 1, "{logged}");
    }
}

#[test]
fn as_many_streams_as_the_bound_says_stay_with_workers_of_the_pool() {
    let scene = scene(WORKERS, without_spawning().ini("sse.max_worker_streams", "3"));
    let (streams, times) = ask_all(&scene);
    assert_eq!((streams.len(), times.len()), (3, STREAMS - 3));
    let answer = text(&scene, "/doctor.php");
    assert!(answer.contains("3 at once in this pool (sse.max_worker_streams)"), "{answer}");
    assert!(answer.contains("of which there are 3 now"), "{answer}");
    drop(streams);
    let stay = || match ask(&scene) {
        Asked::Stays(stream, worker) => Some((stream, worker)),
        Asked::ComesBack(_) => None,
    };
    let again: Vec<_> = (0..3).map(|_| wait_for("room for a stream", soon(), stay)).collect();
    assert!(stay().is_none());
    // A worker that is killed makes room.
    kill_process(again[0].1, Signal::KILL).unwrap();
    wait_for("its room", soon(), stay);
}

#[test]
fn a_client_that_is_no_event_source_is_told_by_a_status() {
    let scene = scene(2, require());
    let response = scene.server.get("/ask.php");
    assert_eq!(response.status(), 503);
    let seconds: u32 = response.header("Retry-After").unwrap().parse().unwrap();
    assert!((1..=31).contains(&seconds), "{seconds}");
    let body = response.into_text();
    assert_eq!(body, "The stream cannot be served at the moment. Please try again later.\n");
    // An EventSource is let in, should the script serve the stream itself.
    let mut stream = scene.open(&event_source("/loop.php")).events();
    assert_eq!(stream.next_event().data, "served by itself");
}

#[test]
fn doctor_has_tried_and_says_why_there_is_no_hub() {
    let spawning = || scene(1, Php::with_sse().ini("sse.hand_off", "require"));
    let no_program = spawning();
    let program = no_program.site.path("sse-hub");
    fs::set_permissions(program, Permissions::from_mode(0o644)).unwrap();

    let open = spawning();
    fs::create_dir(open.site.path("hub")).unwrap();
    fs::set_permissions(open.site.path("hub"), Permissions::from_mode(0o777)).unwrap();

    let frozen = scene(1, require());
    let mut hub = start_hub(&frozen);
    kill_process(Pid::from_child(&hub), Signal::STOP).unwrap();

    let none = scene(1, require());
    for (scene, why) in [
        (&no_program, "cannot be started: Permission denied"),
        (&open, "may write to"),
        (&frozen, "does not answer"),
        (&none, "start one (sse-hub serve)"),
    ] {
        // Again, when the hub is left alone for a while.
        for _ in 0..2 {
            let answer = text(scene, "/doctor.php");
            assert!(answer.starts_with("no: ") && answer.contains(why), "{answer}");
            assert!(answer.contains("when to come back (sse.hand_off=require)"), "{answer}");
        }
    }
    for signal in [Signal::CONT, Signal::TERM] {
        kill_process(Pid::from_child(&hub), signal).unwrap();
    }
    hub.wait().unwrap();

    let well = spawning();
    assert!(well.hub_pid().is_none());
    assert!(text(&well, "/doctor.php").starts_with("expected; "));
    assert!(well.hub_pid().is_some(), "it was tried");
}

#[test]
fn doctor_offers_the_hub_the_connection_of_an_open_stream_which_goes_on() {
    let scene = scene(1, require());
    let mut hub = start_hub(&scene);
    let ask = || {
        let mut stream = scene.open(&event_source("/offers.php")).events();
        let [answer, next] = [stream.next_event().data, stream.next_event().data];
        assert_eq!(next, "goes on");
        answer
    };
    assert_eq!(ask(), "yes: subscribe() moves the connection, and frees the worker");
    scene.wait_for("streams", 0);

    assert!(scene.hub("stop").status().unwrap().success());
    hub.wait().unwrap();
}

/// As a relay between containers does it that passes on bytes, and no descriptors.
fn relay(listener: &UnixListener, hub: &Path) {
    for worker in listener.incoming() {
        let (mut worker, mut hub) = (worker.unwrap(), UnixStream::connect(hub).unwrap());
        let (mut replies, mut to_worker) = (hub.try_clone().unwrap(), worker.try_clone().unwrap());
        thread::spawn(move || {
            let _ = io::copy(&mut worker, &mut hub);
            let _ = hub.shutdown(Shutdown::Both);
        });
        thread::spawn(move || {
            let _ = io::copy(&mut replies, &mut to_worker);
            let _ = to_worker.shutdown(Shutdown::Both);
        });
    }
}

#[test]
fn doctor_finds_that_the_hub_gets_no_connections_though_it_answers() {
    let scene = scene(1, require());
    let far = tempfile::tempdir().unwrap();
    let behind = far.path().join("hub.sock");
    let program = extension::path().with_file_name("sse-hub");
    let mut hub = Command::new(program).arg("serve").arg("--socket").arg(&behind).spawn().unwrap();
    wait_for("the hub", soon(), || behind.exists().then_some(()));
    let near = scene.site.path("hub");
    fs::create_dir(&near).unwrap();
    fs::set_permissions(&near, Permissions::from_mode(0o700)).unwrap();
    let listener = UnixListener::bind(near.join("hub.sock")).unwrap();
    thread::spawn(move || relay(&listener, &behind));

    let expected = text(&scene, "/doctor.php");
    assert!(expected.starts_with("expected; "), "{expected}");
    let mut stream = scene.open(&event_source("/offers.php")).events();
    let answer = stream.next_event().data;
    assert!(answer.starts_with("no: ") && answer.contains("no descriptor came"), "{answer}");
    assert_eq!(stream.next_event().data, "goes on");
    kill_process(Pid::from_child(&hub), Signal::TERM).unwrap();
    hub.wait().unwrap();
}
