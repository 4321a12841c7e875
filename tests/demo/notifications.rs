//! Notifications, which are kept on disk: who gets them, and what they may be.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use server_tests::event_stream::Event;
use server_tests::http::Request;
use server_tests::patience::soon;

use crate::site::{Demo, events, frame, text_field};

/// The text of a notification.
fn text(event: &Event) -> String {
    let notification: Value = serde_json::from_str(&event.data).unwrap();
    notification["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_notification_reaches_the_streams_that_are_open() {
    let demo = Demo::start();
    let mut response = demo.get("/notifications.php");
    let first = response.body.read_until(b"retry: 2000\n", soon()).unwrap();
    assert_eq!(String::from_utf8_lossy(&first), ":\nretry: 2000\n");

    demo.notify("Grüße </script>");
    let sent = frame(&mut response);
    let (id, rest) = sent.strip_prefix("id: ").unwrap().split_once('\n').unwrap();
    assert!(id.parse::<u64>().is_ok(), "{id}");
    let text = r#"event: notification
data: {"text":"Grüße <\/script>","time":"#;
    let time = rest.strip_prefix(text).unwrap().strip_suffix("}\n\n").unwrap();
    assert!(time.parse::<u64>().is_ok(), "{time}");
}

#[test]
fn a_silent_notification_stream_has_heartbeats() {
    let demo = Demo::start();
    let mut response = demo.get("/notifications.php");
    let bytes = response.body.read_until(b"\n:\n", soon()).unwrap();
    assert_eq!(bytes, b":\nretry: 2000\n:\n");
}

#[test]
fn a_client_that_comes_back_gets_what_it_missed_and_nothing_else() {
    let demo = Demo::start();
    for text in ["one", "two", "three"] {
        demo.notify(text);
    }
    let mut stream = demo.get("/notifications.php").events();
    let [one, two, three] = [(); 3].map(|()| stream.next_event());
    drop(stream);
    demo.notify("four");

    let id = |event: &Event| event.id.clone().unwrap();
    let query = format!("/notifications.php?lastEventId={}", id(&two));
    let after_reload = Request::get(&query);
    let after_drop = Request::get(&query).header("Last-Event-ID", &id(&three));
    let with_an_id_of_no_event = Request::get("/notifications.php").header("Last-Event-ID", "7");
    for (request, expected) in [
        (after_reload, &["three", "four"][..]),
        (after_drop, &["four"]),
        (with_an_id_of_no_event, &["one", "two", "three", "four"]),
    ] {
        let mut stream = demo.send(&request).events();
        for expected in expected {
            assert_eq!(text(&stream.next_event()), *expected, "{request:?}");
        }
    }
    assert!(one.data.starts_with(r#"{"text":"one","#), "{}", one.data);
}

#[test]
fn nothing_is_lost_or_repeated_while_connections_drop() {
    let demo = Demo::start();
    let mut posted = Vec::new();
    let mut received = Vec::new();
    let mut last_event_id = String::new();
    let mut post = |text: String| {
        demo.notify(&text);
        posted.push(text);
    };
    for round in 1..=5 {
        let request = Request::get("/notifications.php").header("Last-Event-ID", &last_event_id);
        let response = demo.send(&request);
        post(format!("{round}: while the stream is open"));
        assert_eq!(demo.post("/drop.php", "").status(), 204);
        post(format!("{round}: while it drops"));
        for event in events(response) {
            received.push(text(&event));
            last_event_id = event.last_event_id;
        }
        post(format!("{round}: while there is none"));
    }
    let request = Request::get("/notifications.php").header("Last-Event-ID", &last_event_id);
    let mut stream = demo.send(&request).events();
    while received.len() < posted.len() {
        received.push(text(&stream.next_event()));
    }
    assert_eq!(received, posted);
}

#[test]
fn a_notification_is_one_line_of_at_most_200_characters() {
    let demo = Demo::start();
    for bad in [&b""[..], "ü".repeat(201).as_bytes(), b"a\nb", b"a\n", b"\0", b"\xff"] {
        let response = demo.post("/notify.php", &text_field(bad));
        assert_eq!(response.status(), 422, "{}", bad.escape_ascii());
        assert_eq!(response.into_body(), b"text must be 1 to 200 characters\n");
    }
    for bad in ["", "text[]=a"] {
        assert_eq!(demo.post("/notify.php", bad).status(), 422, "{bad}");
    }
    assert_eq!(demo.get("/notify.php?text=a").status(), 422);

    let longest = "ü".repeat(200);
    demo.notify(&longest);
    assert_eq!(text(&demo.get("/notifications.php").events().next_event()), longest);
}

#[test]
fn the_notifications_on_disk_are_private_and_limited() {
    let demo = Demo::start();
    demo.notify("first");
    let directory = fs::metadata(demo.site.path(".cache/demo")).unwrap();
    assert_eq!(directory.permissions().mode() & 0o777, 0o700);

    demo.site.write(".cache/demo/notifications.jsonl", vec![b'\n'; 1 << 20]);
    assert_eq!(demo.post("/notify.php", "text=more").status(), 507);
}

#[test]
fn only_a_post_drops_the_connections() {
    let demo = Demo::start();
    assert_eq!(demo.get("/drop.php").status(), 405);
    assert_eq!(demo.site.read(".cache/demo/drop"), "");
}
