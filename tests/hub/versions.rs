//! A hub that is not of the extension's release: it is named, and streams begin without it.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net;
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};

use crate::hubs::{TRY_TWICE, text, without_spawning};
use crate::scene::{Kind, Scene};

const ASK: &str = "<?php
    try { Sse::status(); } catch (SseException $e) { echo $e->getMessage(), \"\\n\"; }
    echo Sse::doctor()['hub'], \"\\n\";";

const LIMITED: &str = "<?php Sse::start(limitKey: 'ann', limit: 1)->subscribe('news');";

/// The ways in which a hub answers another version.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// It hangs up, as ours do.
    HangsUp,
    /// It waits for something that it understands.
    Waits,
}

/// Plays a hub of version 255, until it is dropped.
struct OtherHub {
    listener: UnixListener,
    thread: Option<JoinHandle<()>>,
}

impl OtherHub {
    fn listen(scene: &Scene, manner: Manner) -> Self {
        std::fs::create_dir(scene.site.path("hub")).unwrap();
        let listener = UnixListener::bind(scene.site.path("hub/hub.sock")).unwrap();
        let accepting = listener.try_clone().unwrap();
        let thread = thread::spawn(move || {
            for connection in accepting.incoming().map_while(Result::ok) {
                thread::spawn(move || converse(connection, manner));
            }
        });
        Self { listener, thread: Some(thread) }
    }
}

fn converse(mut connection: UnixStream, manner: Manner) {
    // Who has seen enough may have gone.
    let _ = connection.write_all(b"SSEH\xff\x00\x00\x00");
    match manner {
        Manner::HangsUp => drop(connection.read_exact(&mut [0; 8])),
        Manner::Waits => drop(connection.read_to_end(&mut Vec::new())),
    }
}

impl Drop for OtherHub {
    fn drop(&mut self) {
        net::shutdown(self.listener.as_fd(), net::Shutdown::Both).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn play() -> Scene {
    let scripts = [("try.php", TRY_TWICE), ("ask.php", ASK), ("limited.php", LIMITED)];
    Kind::Fpm.play(4, without_spawning(), &scripts)
}

#[test]
fn a_hub_of_another_version_is_named_each_time_and_costs_nobody_any_time() {
    for manner in [Manner::HangsUp, Manner::Waits] {
        let scene = play();
        let _other = OtherHub::listen(&scene, manner);
        let durations = [(); 10].map(|()| {
            let start = Instant::now();
            let answer = text(&scene, "/try.php");
            let named = answer.matches("version 255 of the hub's protocol").count();
            assert_eq!(named, 2, "{manner:?}: {answer}");
            start.elapsed()
        });
        let answer = text(&scene, "/ask.php");
        assert_eq!(answer.matches("have to be of one release").count(), 2, "{manner:?}: {answer}");
        // A busy machine may be slow once, but not every time.
        let slow = durations.iter().filter(|it| **it >= Duration::from_millis(250)).count();
        assert!(slow <= 2, "{manner:?}: {durations:?}");
    }
}

#[test]
fn a_stream_stays_with_its_worker_until_there_is_a_hub_that_understands() {
    for manner in [Manner::HangsUp, Manner::Waits] {
        let scene = play();
        let other = OtherHub::listen(&scene, manner);
        let start = Instant::now();
        let mut streams = [scene.subscribe(""), scene.subscribe("stay")];
        // Nobody can be counted, so nobody is refused.
        let limited = [(); 2].map(|()| scene.open(&Request::get("/limited.php")));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        drop((other, limited));
        let mut hub = scene.hub("serve").spawn().unwrap();
        scene.wait_for("streams", 1);
        scene.wait_for("workers", 1);
        scene.publish_from_command_line("understood");
        for stream in &mut streams {
            assert_eq!(stream.next_event().data, "understood");
        }
        drop(streams);
        assert!(scene.hub("stop").status().unwrap().success());
        wait_for("its end", soon(), || hub.try_wait().unwrap());
    }
}
