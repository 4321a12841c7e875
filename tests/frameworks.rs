//! The extension in Laravel and in Symfony, as Debian has them, on nginx and FPM with the buffers of a
//! production server and with sessions: the applications in `examples/`, and routes that only a test
//! needs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test reports by panicking")]

use std::{
    ops::Deref,
    panic::{self, AssertUnwindSafe},
};

use serde_json::{Value, json};
use server_tests::{
    http::{Request, Response},
    hub::HubOf,
    patience::{soon, wait_for},
    server::{Builtin, Cli, Fpm, Php, Server},
    site::Site,
};

/// What differs between the two.
struct Framework {
    /// The directory in `examples/` and in `frameworks/`.
    name: &'static str,
    /// The environment variable that names the directory it may write to.
    storage: &'static str,
    /// Its log in there.
    log: &'static str,
    /// How it logs what `/throws` throws.
    uncaught: fn(class: &str) -> String,
    /// What it makes of our `Cache-Control` in the response of a session.
    cache_control: &'static str,
    /// What `/own-events` sends: event objects of its own.
    own_events: &'static str,
}

const LARAVEL: Framework = Framework {
    name: "laravel",
    storage: "LARAVEL_STORAGE_PATH",
    log: "laravel.log",
    uncaught: |class| {
        format!("production.ERROR: thrown by the source {{\"exception\":\"[object] ({class}(")
    },
    cache_control: "Cache-Control: no-store, no-transform, private",
    own_events: ":\n\
        event: greeting\ndata: one line\ndata: another line\n\n\
        event: progress\ndata: {\"percent\":50}\n\n",
};

const SYMFONY: Framework = Framework {
    name: "symfony",
    storage: "APP_VAR_DIR",
    log: "symfony.log",
    uncaught: |class| {
        format!("[critical] Uncaught PHP Exception {class}: \"thrown by the source\"")
    },
    cache_control: "Cache-Control: max-age=0, must-revalidate, no-store, no-transform, private",
    own_events: ":\n\
        event: greeting\ndata: one line\ndata: another line\n\n\
        : halfway\nid: 7\nretry: 2000\ndata: a line\ndata: a line of its own\n\n",
};

/// What `/countdown` sends.
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
    assert_eq!(text(app.send(&visits).into_body()), r#"{"visit":2}"#);

    assert_eq!(events.next_event().data, r#"{"visit":1,"tick":2}"#);
    drop(events);
    app.wait_for_log("The ticker has stopped");
    assert_eq!(text(app.send(&visits).into_body()), r#"{"visit":3}"#);
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
        assert_eq!(text(response.into_body()), format!("{events}{end}"), "{query}");
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
    assert!(text(response.into_body()).contains("data: sent\n\n"));
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
        assert_eq!(text(response.into_body()), "");
        headers
    });
    assert_eq!(with, without);
}

fn the_example_runs_on_the_builtin_server(framework: &Framework) {
    let site = framework.site("examples", "public/index.php");
    let server = Builtin::new(&site, with_sse()).start();
    let response = no_error_page(server.get("/countdown"), &site.read(framework.log));
    assert_eq!(text(response.into_body()), COUNTDOWN);
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
    assert!(text(second.into_body()).starts_with("There are too many open streams."));
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
    assert_eq!(text(app.send(&visits).into_body()), r#"{"visit":2}"#);
}

/// An application on a server, writing to a directory of its own.
struct App {
    server: Server,
    site: Site,
    log: &'static str,
}

impl Framework {
    /// The application in `examples/`.
    fn example(&self) -> App {
        self.start("examples", "public/index.php", with_sse())
    }

    /// The same application, with the routes in `frameworks/`.
    fn with_test_routes(&self, php: Php) -> App {
        self.start("tests/frameworks", "index.php", php)
    }

    fn start(&self, directory: &str, front_controller: &str, php: Php) -> App {
        let site = self.site(directory, front_controller);
        let server = Fpm::new(&site, php)
            .front_controller("index.php")
            // nginx obeys this header, and keeps it to itself unless told otherwise.
            .nginx_line("fastcgi_pass_header X-Accel-Buffering;")
            .start();
        App { server, site, log: self.log }
    }

    /// A document root with one script: it runs a script of the application, which writes there, too.
    fn site(&self, directory: &str, script: &str) -> Site {
        let Self { name, storage, .. } = self;
        let script = format!("{}/../{directory}/{name}/{script}", env!("CARGO_MANIFEST_DIR"));
        let index = format!("<?php putenv('{storage}=' . __DIR__); require '{script}';");
        Site::new().file("index.php", index)
    }
}

impl App {
    fn get(&self, target: &str) -> Response {
        self.send(&Request::get(target))
    }

    /// The response to a request, which is no error of the application.
    fn send(&self, request: &Request) -> Response {
        no_error_page(self.server.send(request), &self.site.read(self.log))
    }

    fn text(&self, target: &str) -> String {
        text(self.get(target).into_body())
    }

    fn wait_for_log(&self, line: &str) {
        let deadline = soon();
        wait_for(line, deadline, || self.site.read(self.log).contains(line).then_some(()));
    }
}

impl Deref for App {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// Shows the page, with the application's log, instead of reading it as what it should have been.
fn no_error_page(response: Response, log: &str) -> Response {
    if response.status() == 500 {
        let status = response.head.status_line().to_owned();
        panic!("{status}\n\n{}\n\n{log}", text(response.into_body()));
    }
    response
}

fn with_sse() -> Php {
    like_in_production(Php::with_sse())
}

fn plain() -> Php {
    like_in_production(Php::plain())
}

fn like_in_production(php: Php) -> Php {
    php.system_extensions().ini("output_buffering", "4096").ini("expose_php", "0")
}

/// `name=value` of the one cookie that a response sets.
fn session_cookie(response: &Response) -> &str {
    response.header("Set-Cookie").unwrap().split(';').next().unwrap()
}

/// The header fields, but for those that are never the same.
fn stable_headers(response: &Response) -> Vec<&str> {
    let names = ["Server: ", "Date: ", "Expires: ", "Set-Cookie: "];
    let changes = |line: &str| names.iter().any(|name| line.starts_with(name));
    response.head.lines().filter(|line| !changes(line)).collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
