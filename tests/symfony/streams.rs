//! Event streams as responses: from a source, of topics, by the class that has the name of Symfony's.

use server_tests::event_stream::{Item, parse};
use server_tests::http::Request;
use server_tests::patience::{soon, wait_for};

use crate::app::App;

#[test]
fn a_source_is_a_response() {
    let app = App::start();
    let response = app.ask(&Request::get("/countdown"));
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
    assert_eq!(response.header("X-Made-By"), Some("hand"));
    let cache = response.header("Cache-Control").unwrap();
    assert!(cache.contains("no-store") && cache.contains("no-transform"), "{cache}");
    let events = "data: 3\n\ndata: 2\n\ndata: 1\n\nevent: end\ndata: lift-off\n\n";
    let body = response.into_text();
    assert_eq!(body.replace("retry: 2500\n", ""), format!(":\n{events}"));
    assert!(body.contains("retry: 2500\n"), "{body}");
}

#[test]
fn a_value_that_has_not_changed_is_not_sent_where_a_response_says_so() {
    assert_eq!(App::start().text("/unchanged"), ":\ndata: 1\n\ndata: 2\n\n");
}

#[test]
fn what_a_source_throws_goes_to_the_log_and_not_into_the_stream() {
    let app = App::start();
    assert_eq!(app.text("/fails"), ":\nevent\n");
    wait_for("the exception", soon(), || app.log().contains("thrown by the source").then_some(()));
}

#[test]
fn topics_are_followed_by_hand_off() {
    let app = App::start();
    let mut events = app.ask(&Request::get("/follow")).events();
    let id = app.text("/publish-elsewhere?topic=weather");
    let event = events.next_event();
    assert_eq!((event.id, event.data.as_str()), (Some(id), "guarded"));
}

#[test]
fn the_last_event_id_is_taken_from_the_header_or_any_query_parameter() {
    let app = App::start();
    let since = |request: Request| {
        let body = app.ask(&request).into_text();
        let events = parse(body.as_bytes()).into_iter().filter_map(|item| match item {
            Item::Event(event) if event.event == "message" => Some(event.data),
            _ => None,
        });
        events.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(since(Request::get("/since")), "nothing");
    assert_eq!(since(Request::get("/since").header("Last-Event-ID", "1-2")), "1-2");
    assert_eq!(since(Request::get("/since?last_event_id=1-2")), "1-2");
    assert_eq!(since(Request::get("/since?Last-Event-ID=1-2&lastEventId=")), "1-2");
    assert_eq!(since(Request::get("/since?lastEventId%5B%5D=1-2")), "nothing");
    let too_long = "x".repeat(5000);
    assert_eq!(since(Request::get(&format!("/since?lastEventId={too_long}"))), "nothing");
    assert_eq!(since(Request::get("/since?lastEventId=a%0Adata:b")), "nothing");
}

/// From Symfony 7.3 on.
#[test]
fn a_controller_with_symfonys_class_sends_the_same_events_with_ours() {
    let app = App::start();
    if app.text("/has-event-stream-response") != "yes" {
        return;
    }
    let events = |target: &str| -> Vec<_> {
        let items = parse(app.text(target).as_bytes()).into_iter().filter_map(|item| match item {
            Item::Event(event) => Some((event.event, event.data, event.id)),
            _ => None,
        });
        items.collect()
    };
    assert_eq!(events("/event-stream"), events("/symfonys-event-stream"));
    assert_eq!(
        app.text("/event-stream"),
        ":\nid: 1\nevent: greeting\ndata: two\ndata: lines\n\n\
         : halfway\ndata: a line\ndata: another\n\ndata: last\n\n"
    );
}
