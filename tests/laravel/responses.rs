//! The streams of `response()->sse()` and `response()->subscribe()`.

use server_tests::http::Request;

use crate::scene::App;

/// What was written for `eventStream()` needs no other line; what each stream sends is compared whole.
#[test]
fn streams_are_right_to_the_byte() {
    let app = App::start();
    for (target, expected) in [
        (
            "/sse/ported",
            ":\nevent: update\ndata: hi\n\nevent: update\ndata: there\n\n\
             event: update\ndata: {\"json\":true}\n\nevent: update\ndata: </stream>\n\n",
        ),
        ("/sse/countdown", ":\nretry: 1500\ndata: 2\n\ndata: 1\n\n"),
        ("/sse/unchanged", ":\ndata: 1\n\ndata: 2\n\n"),
        (
            "/sse/resumed?last-event-id=7",
            ":\nevent: sse:position\nid: 7\ndata: {}\n\ndata: 7\n\ndata: nobody\n\n",
        ),
    ] {
        assert_eq!(app.text(target), expected, "{target}");
    }
}

#[test]
fn a_stream_has_its_own_headers_and_those_of_the_middleware() {
    let app = App::start();
    let response = app.get("/sse/countdown");
    let headers = ["Content-Type", "Cache-Control", "X-Accel-Buffering", "X-Own"];
    assert_eq!(
        headers.map(|name| response.header(name).unwrap_or_default()),
        ["text/event-stream;charset=UTF-8", "no-store, no-transform, private", "no", "yes"]
    );
    let cookies = response.head.all("Set-Cookie");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("laravel_session=")), "{cookies:?}");
}

/// It comes from Laravel's request; a source that is asked again and again sees it, too.
#[test]
fn a_stream_begins_at_the_last_event_id() {
    let app = App::start();
    let request = Request::get("/sse/polled").header("Last-Event-ID", "12");
    let mut events = app.server.send(&request).events();
    let event = events.next_event();
    assert_eq!((event.event.as_str(), event.data.as_str()), ("tick", "12"));
}

#[test]
fn an_exception_before_the_stream_has_begun_is_laravels_own_page() {
    let app = App::start();
    for (target, logged) in [
        ("/sse/throws/early", "production.ERROR: before the response {"),
        ("/sse/throws/option", "production.ERROR: Sse::stream(): Argument #4 ($heartbeat) must"),
    ] {
        let response = app.get(target);
        assert_eq!(response.status(), 500, "{target}");
        let of_streams = response.header("X-Accel-Buffering");
        assert_eq!(of_streams, None, "{target}");
        let kind = response.header("Content-Type").unwrap_or_default().to_owned();
        assert!(kind.to_lowercase().starts_with("text/html"), "{target}: {kind}");
        let page = response.into_text();
        assert!(page.contains("Server Error"), "{target}: {page}");
        app.wait_for_log(logged, 1);
    }
}

#[test]
fn an_exception_in_a_stream_is_reported_and_told_as_the_application_says() {
    let app = App::start();
    for (kind, before) in
        [("generator", "data: first\n\n"), ("iterator", "data: first\n\n"), ("asked", "")]
    {
        let expected = format!(":\n{before}event: failed\ndata: sorry\n\n");
        assert_eq!(app.text(&format!("/sse/throws/late/{kind}")), expected, "{kind}");
    }
    app.wait_for_log("production.ERROR: in the source", 3);
    // This one is of a value, and of no source.
    assert_eq!(app.text("/sse/throws/data"), ":\ndata: good\n\n");
    app.wait_for_log("production.ERROR: Inf and NaN cannot be JSON encoded", 1);
}

/// One worker is enough for both.
#[test]
fn a_stream_that_subscribes_leaves_its_worker() {
    let app = App::with(1, &[]);
    let mut events = app.get("/sse/subscribed").events();
    let state = events.next_event();
    assert_eq!((state.event.as_str(), state.data.as_str()), ("state", "state"));
    let id = app.text("/sse/publish");
    let event = events.next_event();
    assert_eq!((event.data.as_str(), event.id), ("published", Some(id)));
}
