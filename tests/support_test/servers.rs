//! Servers and the command line: what they are given, what they stream, what they log.

use std::path::Path;

use server_tests::event_stream::{EventStreamReader, Item};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};
use server_tests::process::Pid;
use server_tests::reader::End;
use server_tests::server::{Apache, Builtin, Cgi, Cli, Fpm, Php, Server};
use server_tests::site::Site;

use crate::LOOP;

#[track_caller]
fn streams(start: impl FnOnce(&Path) -> Server) {
    let site = Site::new().file("loop.php", LOOP);
    let gate = site.gate("gate");
    let server = start(site.as_ref());

    let response = server.get("/loop.php");
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    let mut events = response.events();
    let hello = events.next_item(soon()).unwrap();
    assert!(matches!(hello, Some(Item::Comment { text, .. }) if text == " hello"));
    for (id, word) in ["one", "two"].into_iter().enumerate() {
        gate.release();
        let event = events.next_event();
        assert_eq!((event.data.as_str(), event.id), (word, Some(id.to_string())));
    }
    assert_eq!(events.next_item(soon()).unwrap(), None);
    assert_eq!(events.end(), Some(&End::Clean));
}

#[test]
fn the_builtin_server_streams() {
    streams(|root| Builtin::new(root, Php::plain()).start());
}

#[test]
fn the_builtin_server_streams_with_workers() {
    streams(|root| Builtin::new(root, Php::plain()).workers(2).start());
}

#[test]
fn fpm_streams() {
    streams(|root| Fpm::new(root, Php::plain()).start());
}

#[test]
fn fpm_streams_over_tcp_with_keepalive() {
    streams(|root| Fpm::new(root, Php::plain()).over_tcp().keepalive().start());
}

#[test]
fn php_cgi_streams() {
    streams(|root| Cgi::new(root, Php::plain()).start());
}

#[test]
fn php_cgi_streams_with_keepalive_and_without_children() {
    streams(|root| Cgi::new(root, Php::plain()).keepalive().children(0).start());
}

#[test]
fn apache_streams() {
    streams(|root| Apache::new(root, Php::plain()).start());
}

#[test]
fn apache_streams_over_tls_and_with_deflate() {
    streams(|root| Apache::new(root, Php::plain()).tls().deflate().start());
}

#[test]
fn deflate_is_on_where_it_was_asked_for() {
    let site = Site::new().file("a.php", "<?php echo str_repeat('a', 1000);");
    let server = Apache::new(&site, Php::plain()).deflate().start();
    let response = server.send(&Request::get("/a.php").header("Accept-Encoding", "gzip"));
    assert_eq!(response.header("Content-Encoding"), Some("gzip"));
    assert_eq!(server.get("/a.php").into_body(), [b'a'; 1000]);
}

#[test]
fn the_command_line_has_pipes() {
    let script = "<?php
        fwrite(STDERR, 'careful');
        echo \"data: $argv[1]\\n\\n\";
        echo 'data: ', fgets(STDIN), \"\\n\";";
    let site = Site::new().file("echo.php", script);
    let (mut php, stdout) =
        Cli::new(site.path("echo.php"), Php::plain()).argument("argument").start();
    let mut events = EventStreamReader::new(stdout);
    assert_eq!(events.next_event().data, "argument");
    php.write(b"line\n");
    assert_eq!(events.next_event().data, "line");
    assert_eq!(events.next_item(soon()).unwrap(), None);
    assert!(php.wait(soon()).success());
    assert_eq!(php.stderr(), "careful");
}

#[test]
fn php_has_the_ini_settings_of_the_test_and_no_others() {
    let script = "<?php echo ini_get('precision'), ' ', var_export(php_ini_scanned_files(), true);";
    let site = Site::new().file("ini.php", script);
    let php = Php::plain().ini("precision", "9");
    for server in [
        Builtin::new(&site, php.clone()).start(),
        Fpm::new(&site, php.clone()).start(),
        Cgi::new(&site, php.clone()).start(),
        Apache::new(&site, php).start(),
    ] {
        assert_eq!(server.get("/ini.php").into_body().escape_ascii().to_string(), "9 false");
    }
}

#[test]
fn a_reload_replaces_the_workers() {
    let site = Site::new().file("pid.php", "<?php echo getmypid();");
    for server in [Fpm::new(&site, Php::plain()).start(), Apache::new(&site, Php::plain()).start()]
    {
        let before = server.workers();
        server.reload();
        wait_for("fresh workers", soon(), || {
            let now = server.workers();
            let all_are_new = now.iter().all(|worker| !before.contains(worker));
            (all_are_new && now != [server.pid()]).then_some(())
        });
        let pid = server.get("/pid.php").into_text();
        assert!(!before.contains(&Pid::from_raw(pid.parse().unwrap()).unwrap()));
    }
}

#[test]
fn the_log_has_what_php_logged() {
    let site = Site::new().file("log.php", "<?php error_log('a fine mess'); echo 'ok';");
    for server in [
        Builtin::new(&site, Php::plain()).start(),
        Fpm::new(&site, Php::plain()).start(),
        Cgi::new(&site, Php::plain()).start(),
        Apache::new(&site, Php::plain()).start(),
    ] {
        assert_eq!(server.get("/log.php").into_body(), b"ok");
        wait_for("the log", soon(), || server.log().contains("a fine mess").then_some(()));
    }
}

#[test]
fn paths_that_are_no_files_go_to_the_front_controller() {
    let site = Site::new().file("index.php", "<?php echo $_SERVER['REQUEST_URI'];");
    let server = Fpm::new(&site, Php::plain()).front_controller("index.php").start();
    assert_eq!(server.get("/some/where?x=1").into_body(), b"/some/where?x=1");
    let server = Fpm::new(&site, Php::plain()).start();
    assert_eq!(server.get("/some/where").status(), 404);
}
