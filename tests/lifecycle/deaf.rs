//! Scripts that ask whether their client is there, do not listen to the answer, and go on echoing: PHP ends
//! them at a write, and with the extension they end no later.

use std::path::Path;
use std::time::Duration;

use server_tests::patience::{soon, within};
use server_tests::reader::End;
use server_tests::server::{Apache, Builtin, Cgi, Fpm, Php, Server};
use server_tests::site::Site;

use crate::served::Served;

type Start = fn(&Path, Php) -> Server;

/// Ways to be deaf; what the first lines of each begin is an event stream whose first event is `ready`.
const SCRIPTS: [(&str, &str); 6] = [
    ("asks connection_aborted()", "adopted(); while (true) { connection_aborted(); tick(); }"),
    ("asks connection_status()", "adopted(); while (true) { connection_status(); tick(); }"),
    (
        "writes through buffers",
        "adopted(); while (true) { ob_start(); connection_aborted(); tick(); ob_end_flush(); }",
    ),
    (
        "listens to no abort until it is noticed",
        "adopted(); ignore_user_abort(true);
        while (!connection_aborted()) usleep(1000);
        ignore_user_abort(false);
        while (true) tick();",
    ),
    ("asks isOpen()", "$sse = own(); while (true) { $sse->isOpen(); tick(); }"),
    ("was told by send()", "$sse = own(); while ($sse->send('x')); while (true) tick();"),
];

const FUNCTIONS: &str = r#"<?php
    function adopted(): void { header('Content-Type: text/event-stream'); echo "data: ready\n\n"; flush(); }
    function own(): Sse { $sse = Sse::start(); $sse->send('ready'); return $sse; }
    function tick(): void { echo "data: tick\n\n"; flush(); usleep(1000); }
    register_shutdown_function(fn () => note('NAME: ended, status ' . connection_status()));
    set_time_limit(0);
    "#;

fn serve(name: &str, script: &str, start: Start) -> Served {
    let script = format!("{FUNCTIONS}{script}").replace("NAME", name);
    let site = Site::new().file("stream.php", script);
    Served::new(site, Php::with_sse().ini("sse.adopt", "1"), start)
}

#[track_caller]
fn end_when_their_client_leaves(start: Start) {
    for (name, script) in SCRIPTS {
        let served = serve(name, script, start);
        let mut stream = served.get("/stream.php");
        stream.body.read_until(b"data: ready\n\n", soon()).unwrap();
        stream.into_wire().close();
        // Who was told by the API may go on for ten seconds.
        let deadline = within(Duration::from_secs(60));
        served.site.wait_for_contents("notes", &format!("{name}: ended, status 1\n"), deadline);
    }
}

#[track_caller]
fn end_when_their_server_reloads(start: Start) {
    for (name, script) in &SCRIPTS[..3] {
        let served = serve(name, script, start);
        let mut stream = served.get("/stream.php");
        // Whoever looks after it does so from its first flush on.
        stream.body.read_until(b"data: tick\n\n", soon()).unwrap();
        served.reload();
        stream.body.read_to_end(soon()).unwrap();
        assert_eq!(stream.body.end(), Some(&End::Clean), "{name}");
        served.wait_for_notes(&format!("{name}: ended, status 1\n"));
    }
}

macro_rules! on {
    ($case:ident: $($server:ident: $start:expr,)*) => {
        mod $case {
            use super::*;

            $(#[test]
            fn $server() {
                super::$case($start);
            })*
        }
    };
}

on! {
    end_when_their_client_leaves:
    builtin_server: |root, php| Builtin::new(root, php).start(),
    fpm: |root, php| Fpm::new(root, php).children(1).start(),
    cgi: |root, php| Cgi::new(root, php).children(1).start(),
    apache: |root, php| Apache::new(root, php).children(1).start(),
}

on! {
    end_when_their_server_reloads:
    fpm: |root, php| Fpm::new(root, php).children(1).start(),
    apache: |root, php| Apache::new(root, php).children(1).start(),
}
