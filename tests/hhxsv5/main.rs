//! Programs written for hhxsv5/php-sse, on the package that takes its place. The bytes are those of the original
//! wherever those are right; they are written down here, with `ID` for an id that the library makes up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::fs;
use std::path::Path;

use server_tests::http::{Request, Response};
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Builtin, Cli, Fpm, Php, Server};
use server_tests::site::Site;

/// What version 1 sends.
const VERSION_1: &str = "\
    :\n\
    id: ID\nretry: 2000\nevent: new-orders\ndata: {\"orders\":[{\"number\":1}]}\n\n\
    : no update\n\
    id: ID\nretry: 2000\nevent: new-orders\ndata: two\ndata: lines\n\n\
    id: ID\nretry: 2000\nevent: new-orders\ndata: 0\n\n\
    id: ID\nretry: 2000\nevent: new-orders\n\n";

/// What version 2 sends.
const VERSION_2: &str = "\
    :\n\
    id: ID\nretry: 5000\nevent: orders\ndata: {\"orders\":[{\"number\":1}]}\n\n\
    : no data\nretry: 5000\n\
    id: ID\nretry: 5000\nevent: ping\ndata: ping data\n\n\
    : said beside it\nid: 42\nretry: 5000\nevent: orders\ndata: under an id\n\n\
    id: 43\nretry: 5000\ndata: 7\n\n\
    id: ID\nretry: 5000\nevent: orders\ndata: 0\n\n\
    id: ID\nretry: 5000\nevent: orders\ndata: 1\n\n\
    id: ID\nretry: 5000\nevent: orders\ndata: \n\n\
    id: ID\nretry: 5000\nevent: orders\n\n\
    id: ID\nretry: 5000\nevent: orders\ndata: two\ndata: lines\ndata: \n\n\
    : one\n: data: no data\nid: 44\nretry: 5000\nevent: orders\ndata: {\"of\":\"any kind\"}\n\n\
    id: ID\nretry: 5000\nevent: orders\ndata: {\"number\":2}\n\n";

fn site() -> Site {
    let site = Site::new().with_prelude();
    site.copy("packages/hhxsv5");
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("hhxsv5/programs");
    for program in fs::read_dir(programs).unwrap().map(Result::unwrap) {
        site.write(program.file_name().to_str().unwrap(), fs::read(program.path()).unwrap());
    }
    site
}

fn php(site: &Site) -> Php {
    let prelude = site.path("prelude.php").display().to_string();
    Php::with_sse().like_in_production().system_extensions().ini("auto_prepend_file", &prelude)
}

fn fpm(site: &Site) -> Server {
    Fpm::new(site, php(site)).start()
}

/// The whole body, with `ID` for each id that the library has made up.
fn text(response: Response) -> String {
    let body = response.into_text();
    let is_made_up = |id: &str| {
        id.len() >= 22 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.')
    };
    let with_name = |line: &str| match line.strip_prefix("id: ") {
        Some(id) if is_made_up(id) => "id: ID\n".to_owned(),
        _ => format!("{line}\n"),
    };
    body.lines().map(with_name).collect()
}

#[test]
fn a_program_of_version_1_sends_what_it_always_has() {
    let site = site();
    for server in [fpm(&site), Builtin::new(&site, php(&site)).start()] {
        assert_eq!(text(server.get("/version-1.php")), VERSION_1);
        let retry = VERSION_1.replace("2000", "0");
        assert_eq!(text(server.get("/version-1.php?retry=0")), retry);
    }
}

#[test]
fn a_program_of_version_2_sends_what_it_always_has() {
    let site = site();
    let mut notes = Vec::new();
    for server in [fpm(&site), Builtin::new(&site, php(&site)).start()] {
        let response = server.get("/version-2.php");
        let head = &response.head;
        assert_eq!(head.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
        assert_eq!(head.header("Cache-Control"), Some("no-cache, no-transform"));
        assert_eq!(text(response), VERSION_2);
        notes.push("start() has returned");
        site.wait_for_notes(&notes);
    }
}

#[test]
fn who_comes_back_is_told_its_last_event_id_first() {
    let site = site();
    let server = fpm(&site);
    let request = Request::get("/version-2.php").header("Last-Event-ID", "41");
    let position = ":\nevent: sse:position\nid: 41\ndata: {}\n\n";
    assert_eq!(text(server.send(&request)), VERSION_2.replacen(":\n", position, 1));
}

#[test]
fn a_client_that_leaves_ends_a_program_that_waits() {
    let site = site();
    let server = fpm(&site);
    let mut response = server.get("/waiting.php");
    response.body.read_until(b"data: the only one\n\n", soon()).unwrap();
    drop(response);
    site.wait_for_notes(&["start() has returned"]);
}

#[test]
fn a_program_that_waits_has_heartbeats() {
    let site = site();
    let server = Fpm::new(&site, php(&site).ini("sse.heartbeat", "0.1")).start();
    let mut response = server.get("/waiting.php");
    response.body.read_until(b"data: the only one\n\n", soon()).unwrap();
    for _ in 0..2 {
        assert_eq!(response.body.read_until(b"\n", soon()).unwrap(), b":\n");
    }
}

#[test]
fn nothing_can_be_injected_into_an_event() {
    let site = site();
    let server = fpm(&site);
    // The last line of a stream that would end in a comment.
    assert_eq!(text(server.get("/injecting.php")), ":\nevent\n");
    let error = "Uncaught ValueError: SseEvent::__construct(): Argument #2 ($event) must not contain line breaks";
    wait_for("the error", soon(), || server.log().contains(error).then_some(()));
}

#[test]
fn a_controller_with_a_stream_in_its_response_runs_unchanged() {
    let site = site();
    let events = ["1", "2"].map(|n| format!("id: 9\nretry: 5000\nevent: orders\ndata: {n}\n\n"));
    let server = fpm(&site);
    let response = server.get("/controller.php");
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    assert_eq!(text(response), format!(":\n{}", events.concat()));
}

#[test]
fn streams_can_be_captured_and_what_cannot_run_says_why() {
    let site = site();
    let (mut run, mut output) = Cli::new(site.path("captured.php"), php(&site)).start();
    let printed = String::from_utf8(output.read_to_end(soon()).unwrap()).unwrap();
    assert_eq!(run.stderr(), "");
    assert!(run.wait(soon()).success());
    assert_eq!(
        printed,
        r#"":\nid: 1\nretry: 5000\ndata: captured\n\n"
":\nid: 2\nretry: 5000\ndata: captured\n\n"
SseException: SSESwoole cannot run on the extension sse, for a Swoole server sends its responses itself. Write to its response instead: "while ($response->write((string) $event->fill())) { Swoole\Coroutine::sleep(3); }", with the headers of Sse::headers(); docs/moving/from-hhxsv5.md has the whole of it
InvalidArgumentException: This stream has no source: give the constructor an Event, or start() an Update
"#
    );
}
