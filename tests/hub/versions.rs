//! A hub that is not of the extension's release: where they do not understand each other it is named, and streams
//! begin without it; where they do, the difference is told in words.

use std::fs;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::net;
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::server::Php;

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
        fs::create_dir(scene.site.path("hub")).unwrap();
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

/// Plays a hub of our protocol and another release, until it is dropped: passes everything on to the scene's, and
/// changes the release in what that replies.
struct OtherRelease(UnixListener);

impl OtherRelease {
    /// Listens at the socket, in a directory of its own.
    fn listen(socket: &Path, scene: &Scene, release: &'static str) -> Self {
        fs::create_dir(socket.parent().unwrap()).unwrap();
        fs::set_permissions(socket.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
        let listener = UnixListener::bind(socket).unwrap();
        let (accepting, real) = (listener.try_clone().unwrap(), scene.site.path("hub/hub.sock"));
        thread::spawn(move || {
            for connection in accepting.incoming().map_while(Result::ok) {
                let real = UnixStream::connect(&real).unwrap();
                let (asked, replied) = (connection.try_clone().unwrap(), real.try_clone().unwrap());
                thread::spawn(move || pass_on(asked, real, <[u8]>::to_vec));
                thread::spawn(move || pass_on(replied, connection, |it| renamed(it, release)));
            }
        });
        Self(listener)
    }
}

impl Drop for OtherRelease {
    fn drop(&mut self) {
        net::shutdown(self.0.as_fd(), net::Shutdown::Both).unwrap();
    }
}

fn pass_on(mut from: UnixStream, mut to: UnixStream, change: impl Fn(&[u8]) -> Vec<u8>) {
    let mut bytes = [0; 1 << 13];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if to.write_all(&change(&bytes[..length])).is_err() {
            break;
        }
    }
    // Who has gone already needs no end.
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// The bytes with another release, of as many bytes as ours: lengths stay.
fn renamed(bytes: &[u8], release: &str) -> Vec<u8> {
    let (ours, theirs) = (
        format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION")),
        format!("\"version\":\"{release}\""),
    );
    assert_eq!(ours.len(), theirs.len());
    let mut renamed = bytes.to_vec();
    if let Some(at) = bytes.windows(ours.len()).position(|it| it == ours.as_bytes()) {
        renamed[at..at + ours.len()].copy_from_slice(theirs.as_bytes());
    }
    renamed
}

#[test]
fn a_hub_of_another_release_is_told_in_words_with_what_to_do() {
    let ask = "$status = Sse::status();
        echo json_encode([$status['extension'], $status['versions'] ?? null, Sse::doctor()['hub']]);";
    let ours = env!("CARGO_PKG_VERSION");
    let scene = Kind::Fpm.play(1, Php::with_sse(), &[]).with_hub();
    let said = |socket: &Path| {
        let mut script = scene.command_line(ask);
        let output =
            script.arg("-d").arg(format!("sse.hub_socket={}", socket.display())).output().unwrap();
        serde_json::from_slice::<[Option<String>; 3]>(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"))
    };
    let socket = scene.site.path("hub/hub.sock");
    let same = [Some(ours.to_owned()), None, Some(format!("listens at {}", socket.display()))];
    assert_eq!(said(&socket), same);
    for (release, remedy) in [("0.0.9", "`sse-hub upgrade` has it go on"), ("9.9.9", "restart it")]
    {
        let socket = scene.site.path(release).join("hub.sock");
        let _other = OtherRelease::listen(&socket, &scene, release);
        let [extension, versions, hub] = said(&socket);
        let versions = versions.unwrap();
        assert_eq!(extension.as_deref(), Some(ours));
        let begin = format!("the hub is of release {release}, this extension of {ours}; ");
        assert!(versions.starts_with(&begin) && versions.contains(remedy), "{versions}");
        assert_eq!(hub, Some(format!("listens at {}; {versions}", socket.display())));
    }
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
