//! The extension in Laravel and in Symfony, as Debian has them, on nginx and FPM with the buffers of a
//! production server and with sessions: the applications in `examples/`, and routes that only a test
//! needs.
//!
//! # Layout
//! - [`app`]: the two frameworks, and their applications on a server
//! - [`compressed`]: streams that are compressed
//! - [`frankenphp`]: one process for many requests
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

mod app;
mod compressed;
mod frankenphp;

use std::panic::{self, AssertUnwindSafe};

use serde_json::{Value, json};
use server_tests::http::Request;
use server_tests::hub::HubOf;
use server_tests::patience::{soon, wait_for};
use server_tests::server::{Builtin, Cli};
use server_tests::site::Site;

use app::{
    Framework, LARAVEL, SYMFONY, no_error_page, plain, session_cookie, stable_headers, text,
    with_sse,
};

/// `/countdown` sends this.
const COUNTDOWN: &str = ":\ndata: 3\n\ndata: 2\n\ndata: 1\n\nevent: end\ndata: lift-off\n\n";

macro_rules! in_each_framework {
    ($($test:ident,)*) => {
        mod laravel { $(#[test] fn $test() { super::$test(&super::LARAVEL); })* }
        mod symfony { $(#[test] fn $test() { super::$test(&super::SYMFONY); })* }
    };
}

in_each_framework! {
    a_stream_has_the_headers_of_one_and_a_session_cookie,
    events_arrive_while_the_script_still_runs,
    a_whole_stream_is_right_to_the_byte,
    a_page_of_the_same_session_does_not_wait_for_an_open_stream,
    a_client_that_leaves_ends_the_source,
    what_a_source_throws_goes_to_the_log_and_not_into_the_stream,
    a_controller_may_send_its_stream_itself,
    event_objects_of_its_own_are_events,
    no_transform_stays_whatever_it_says_of_caching,
    its_test_helpers_capture_a_stream,
    a_stream_written_by_hand_runs_as_it_does_without_the_extension,
    the_example_runs_on_the_builtin_server,
    a_controllers_stream_moves_to_the_hub,
    an_error_page_of_its_own_is_shown_with_its_log,
}

fn a_stream_has_the_headers_of_one_and_a_session_cookie(framework: &Framework) {
    let response = framework.example().get("/ticker");
    assert_eq!(response.head.status_line(), "HTTP/1.1 200 OK");
    assert_eq!(
        stable_headers(&response),
        [
            "Content-Type: text/event-stream;charset=UTF-8",
            "Transfer-Encoding: chunked",
            "Connection: keep-alive",
            framework.cache_control,
            "X-Accel-Buffering: no",
            "Incremental: ?1",
        ]
    );
    assert_eq!(response.head.all("Set-Cookie").len(), 1);
}

fn events_arrive_while_the_script_still_runs(framework: &Framework) {
    let app = framework.example();
    // The ticker never ends: what arrives of it was not held back until the end.
    let mut body = app.get("/ticker").body;
    for expected in [
        ":\nevent: tick\ndata: {\"visit\":1,\"tick\":1}\n\n",
        "event: tick\ndata: {\"visit\":1,\"tick\":2}\n\n",
    ] {
        assert_eq!(text(body.read_until(b"\n\n", soon()).unwrap()), expected);
    }
}

fn a_whole_stream_is_right_to_the_byte(framework: &Framework) {
    assert_eq!(framework.example().text("/countdown"), COUNTDOWN);
}

fn a_page_of_the_same_session_does_not_wait_for_an_open_stream(framework: &Framework) {
    let app = framework.example();
    let stream = app.get("/ticker");
    let visits = Request::get("/visits").header("Cookie", session_cookie(&stream));
    let mut events = stream.events();
    assert_eq!(events.next_event().data, r#"{"visit":1,"tick":1}"#);

    // The ticker ends when its client leaves, and not before: a page that waited would never come.
    assert_eq!(app.send(&visits).into_text(), r#"{"visit":2}"#);

    assert_eq!(events.next_event().data, r#"{"visit":1,"tick":2}"#);
    drop(events);
    app.wait_for_log("The ticker has stopped");
    assert_eq!(app.send(&visits).into_text(), r#"{"visit":3}"#);
}

fn a_client_that_leaves_ends_the_source(framework: &Framework) {
    let app = framework.example();
    let mut events = app.get("/ticker").events();
    events.next_event();
    drop(events);
    app.wait_for_log("The ticker has stopped: client_gone");
}

fn what_a_source_throws_goes_to_the_log_and_not_into_the_stream(framework: &Framework) {
    let app = framework.with_test_routes(with_sse());
    for class in ["RuntimeException", "Error"] {
        assert_eq!(app.text(&format!("/throws?{class}")), ":\ndata: the last event\n\n");
        app.wait_for_log(&(framework.uncaught)(class));
    }
}

fn a_controller_may_send_its_stream_itself(framework: &Framework) {
    let events = ":\ndata: first\n\ndata: second\n\n";
    for (query, end, logged) in
        [("close", "event: end\ndata: \n\n", 0), ("return", "", 0), ("throw", "", 1)]
    {
        let app = framework.with_test_routes(with_sse());
        let response = app.get(&format!("/in-the-controller?{query}"));
        assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
        assert_eq!(response.into_text(), format!("{events}{end}"), "{query}");
        app.site.wait_for_contents("ended", "ended", soon());
        let log = app.site.read(app.log) + &app.server.log();
        let errors = log.matches("thrown by the controller").count();
        assert_eq!(errors.min(1), logged, "{query}: {log}");
        // Symfony 7.4 asks `headers_sent()`, and advises to return a `StreamedResponse`.
        let mut complaints = log.lines().filter(|line| !line.contains("[info] User Deprecated: "));
        let about_the_head = |line: &str| line.contains("headers") || line.contains("Fatal");
        assert!(!complaints.any(about_the_head), "{query}: {log}");
    }
}

fn event_objects_of_its_own_are_events(framework: &Framework) {
    let app = framework.with_test_routes(with_sse());
    assert_eq!(app.text("/own-events"), framework.own_events);
}

fn no_transform_stays_whatever_it_says_of_caching(framework: &Framework) {
    let app = framework.with_test_routes(with_sse());
    let response = app.get("/not-to-be-stored");
    let cache_control = response.head.all("Cache-Control").join(", ");
    let mut directives: Vec<_> = cache_control.split(", ").collect();
    directives.sort_unstable();
    assert_eq!(directives, ["no-cache", "no-transform", "private"], "{cache_control}");
    assert!(response.into_text().contains("data: sent\n\n"));
}

fn its_test_helpers_capture_a_stream(framework: &Framework) {
    let site = framework.site("tests/frameworks", "capture.php");
    let script = site.path("index.php");
    let (mut php, mut output) = Cli::new(script, with_sse()).argument("/countdown").start();
    let printed = output.read_to_end(soon()).unwrap();

    assert_eq!(php.stderr(), "");
    assert!(php.wait(soon()).success());
    assert_eq!(
        serde_json::from_slice::<Value>(&printed).unwrap(),
        json!({ "captured": COUNTDOWN, "leaked": "", "levels": 1 })
    );
}

fn a_stream_written_by_hand_runs_as_it_does_without_the_extension(framework: &Framework) {
    let [without, with] = [plain(), with_sse()].map(|php| {
        let app = framework.with_test_routes(php);
        let gate = app.site.gate("gate");
        let mut response = app.get("/by-hand");
        for expected in ["data: first\n\n", "data: second\n\n"] {
            let event = response.body.read_until(b"\n\n", soon()).unwrap();
            assert_eq!(text(event), expected);
            gate.release();
        }
        let headers = stable_headers(&response).join("\n");
        assert_eq!(response.into_text(), "");
        headers
    });
    assert_eq!(with, without);
}

fn the_example_runs_on_the_builtin_server(framework: &Framework) {
    let site = framework.site("examples", "public/index.php");
    let server = Builtin::new(&site, with_sse()).start();
    let response = no_error_page(server.get("/countdown"), &site.read(framework.log));
    assert_eq!(response.into_text(), COUNTDOWN);
}

fn a_controllers_stream_moves_to_the_hub(framework: &Framework) {
    let machine = Site::new();
    let hub = HubOf::site(&machine);
    let socket = hub.socket().display().to_string();
    let app = framework.with_test_routes(with_sse().ini("sse.hub_socket", &socket));
    wait_for("the hub", soon(), || (app.server.get("/publish").status() == 200).then_some(()));

    let mut events = app.get("/news").events();
    app.site.wait_for_contents("told", r#"[false,"handed_off"]"#, soon());
    let id = app.text("/publish");
    let event = events.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(id), "something new"));

    let second = app.get("/news");
    assert_eq!((second.status(), second.header("Retry-After")), (503, Some("5")));
    assert_eq!(second.header("Content-Type"), Some("text/plain; charset=utf-8"));
    assert!(second.into_text().starts_with("There are too many open streams."));
}

fn an_error_page_of_its_own_is_shown_with_its_log(framework: &Framework) {
    let app = framework.with_test_routes(with_sse());
    let visit = AssertUnwindSafe(|| drop(app.get("/fails")));
    let shown = panic::catch_unwind(visit).unwrap_err();
    let shown = shown.downcast::<String>().unwrap();
    assert!(shown.starts_with("HTTP/1.1 500 Internal Server Error\n\n"), "{shown}");
    assert!(shown.contains("the page has failed"), "{shown}");
}

#[test]
fn symfony_may_open_the_session_again_when_the_stream_begins() {
    let app = SYMFONY.with_test_routes(with_sse());
    let visit = app.get("/visits");
    let cookie = session_cookie(&visit);

    let mut events = app.send(&Request::get("/late-session").header("Cookie", cookie)).events();
    assert_eq!(events.next_event().data, "1");

    let visits = Request::get("/visits").header("Cookie", cookie);
    assert_eq!(app.send(&visits).into_text(), r#"{"visit":2}"#);
}
