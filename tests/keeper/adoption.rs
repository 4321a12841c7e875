//! Streams that other code opens, each from its own source: a loop as the tutorials have it, a loop as
//! libraries have it, Symfony's `StreamedResponse` and Laravel's `response()->stream()`. With
//! `sse.adopt` they are looked after, and none of them knows.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use server_tests::http::Response;
use server_tests::patience::{soon, wait_for};
use server_tests::reader::Reader;
use server_tests::server::Php;
use server_tests::site::Site;

use crate::blocked::Block;
use crate::kind::{Kind, Output, Running};

/// The sources, by the names of their scripts.
pub(crate) const SOURCES: [&str; 4] = ["tutorial", "library", "symfony", "laravel"];

/// PHP as in production, with the extension looking after everybody's streams.
pub(crate) fn adopting(heartbeat: Duration) -> Php {
    let heartbeat = heartbeat.as_secs_f64().to_string();
    like_in_production(Php::with_sse()).ini("sse.adopt", "1").ini("sse.heartbeat", &heartbeat)
}

/// PHP as in production.
pub(crate) fn like_in_production(php: Php) -> Php {
    php.like_in_production().system_extensions()
}

/// Runs the sources, and what only looks like them.
#[track_caller]
pub(crate) fn run(kind: Kind, php: Php, workers: usize) -> Running {
    let site = Site::new();
    for directory in ["tests/keeper/adopted", "examples/laravel", "examples/symfony"] {
        site.copy(directory);
    }
    for script in SOURCES.into_iter().chain(["alike"]) {
        site.write(&format!("{script}.php"), index(script));
    }
    kind.run(site, php, workers)
}

/// A script that runs one of ours, and lets it write beside itself.
fn index(script: &str) -> String {
    format!(
        "<?php
        putenv('SITE=' . __DIR__);
        putenv('APP_VAR_DIR=' . __DIR__);
        putenv('LARAVEL_STORAGE_PATH=' . __DIR__);
        require __DIR__ . '/tests/keeper/adopted/{script}.php';"
    )
}

impl Running {
    /// The response of a source that plays this scene.
    #[track_caller]
    pub(crate) fn play(&self, source: &str, scene: &str) -> Response {
        self.get(&format!("{source}.php"), &format!("scene={scene}"))
    }
}

/// The stream of a source that is blocked.
#[track_caller]
pub(crate) fn open_blocked(running: &Running, source: &str, block: Block) -> Reader<Output> {
    let scene = format!("blocked&seconds={}", block.length.as_secs_f64());
    Reader::new(Output::of(running.play(source, &scene)))
}

/// The time from a client's leaving until `connection_aborted()` tells a source that writes nothing.
#[track_caller]
pub(crate) fn time_to_notice(running: &Running, source: &str) -> Duration {
    let note: PathBuf = running.site.path("left");
    let response = running.play(source, "left");
    let mut stream = Reader::new(Output::of(response));
    stream.read_until(b"data: here\n\n", soon()).unwrap();
    let left = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    drop(stream);
    let noticed = wait_for("the source to notice", soon(), || {
        fs::read_to_string(&note).ok()?.parse().ok().map(Duration::from_secs_f64)
    });
    fs::remove_file(note).unwrap();
    noticed.saturating_sub(left)
}
