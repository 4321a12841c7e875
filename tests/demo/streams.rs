//! The bytes that each script sends.

use std::{fmt::Write, fs, os::unix::fs::PermissionsExt, time::Duration};

use serde_json::Value;
use server_tests::{
    event_stream::{Event, Item, POSITION},
    http::{EventStream, Request, Response},
    patience::{soon, wait_for, within},
    server::Php,
};

use crate::site::{Demo, text_field};

/// The next bytes up to an empty line.
#[track_caller]
fn frame(response: &mut Response) -> String {
    String::from_utf8(response.body.read_until(b"\n\n", soon()).unwrap()).unwrap()
}

/// All events of a stream that ends by itself, but for what nobody listens for.
#[track_caller]
fn events(response: Response) -> Vec<Event> {
    let items = response.events().items_to_end(soon()).unwrap();
    let event = |item| if let Item::Event(event) = item { Some(event) } else { None };
    items.into_iter().filter_map(event).filter(|event| event.event != POSITION).collect()
}

/// The text of a notification.
fn text(event: &Event) -> String {
    let notification: Value = serde_json::from_str(&event.data).unwrap();
    notification["text"].as_str().unwrap().to_owned()
}

/// Waits for the line that the server logs when a script has ended.
fn wait_for_end_of(demo: &Demo, script: &str) {
    let line = format!("[200]: GET /{script}");
    // After ten seconds the extension ends a script that takes no notice.
    wait_for(&line, within(Duration::from_secs(5)), || demo.log().contains(&line).then_some(()));
}

#[test]
fn every_stream_starts_at_once() {
    let demo = Demo::start();
    for (script, expected) in [
        ("minimal", ":\n"),
        ("ticker", ":\n"),
        ("notifications", ":\nretry: 2000\n"),
        ("job", ":\nid: 1\nevent: progress\ndata: {\"row\":1,\"rows\":80}\n\n"),
        ("llm-relay", ":\nevent: token\ndata: Serv\n\n"),
        ("llm-upstream", ":\ndata: {\"choices\":[{\"delta\":{\"content\":\"Serv\"}}]}\n\n"),
        ("echo-beside", ":\nevent: echo\ndata: 1\n\nevent: sent\ndata: 1\n\n"),
    ] {
        let mut response = demo.get(&format!("/{script}.php"));
        assert_eq!(response.status(), 200, "{script}");
        assert_eq!(response.header("Content-Type"), Some("text/event-stream;charset=UTF-8"));
        let first = response.body.read_until(expected.as_bytes(), soon()).unwrap();
        assert_eq!(String::from_utf8_lossy(&first), expected, "{script}");
    }
}

#[test]
fn the_smallest_script_sends_the_time_of_day() {
    let demo = Demo::start();
    let mut response = demo.get("/minimal.php");
    response.body.read_until(b":\n", soon()).unwrap();
    let [first, second] = [(); 2].map(|()| frame(&mut response));
    assert_ne!(first, second);
    assert_eq!(first.replace(|c: char| c.is_ascii_digit(), "0"), "data: 00:00:00\n\n");
}

#[test]
fn the_ticker_sends_three_prices_that_move() {
    let demo = Demo::start();
    let mut stream = demo.get("/ticker.php").events();
    let [first, second] = [(); 2].map(|()| stream.next_event());
    assert_eq!(first.event, "prices");
    let prices: Value = serde_json::from_str(&first.data).unwrap();
    for symbol in ["ACME", "GLOBEX", "INITECH"] {
        assert!(prices[symbol].as_f64().unwrap() > 0.0, "{prices}");
    }
    assert_ne!(first.data, second.data);
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

#[test]
fn the_job_counts_its_rows_and_ends_with_done() {
    let demo = Demo::start();
    let mut expected = String::from(":\n");
    for row in 1..=80 {
        let data = format!(r#"{{"row":{row},"rows":80}}"#);
        write!(expected, "id: {row}\nevent: progress\ndata: {data}\n\n").unwrap();
    }
    expected += "event: done\ndata: {\"rows\":80}\n\n";
    let body = demo.get("/job.php").into_body();
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[test]
fn the_job_resumes_at_the_row_after_the_last_one_seen() {
    let demo = Demo::start();
    let request = Request::get("/job.php").header("Last-Event-ID", "79");
    let expected = b":\n\
        event: sse:position\nid: 79\ndata: {}\n\n\
        id: 80\nevent: progress\ndata: {\"row\":80,\"rows\":80}\n\n\
        event: done\ndata: {\"rows\":80}\n\n";
    assert_eq!(demo.send(&request).into_body(), expected);
}

#[test]
fn the_job_stops_when_nobody_watches() {
    let demo = Demo::start();
    demo.change("job.php", "ROWS = 80", "ROWS = 1000000");
    demo.get("/job.php").events().next_event();
    wait_for_end_of(&demo, "job.php");
}

#[test]
fn the_relay_passes_every_token_on_as_it_comes() {
    let demo = Demo::start();
    let upstream = events(demo.get("/llm-upstream.php"));
    let (done, tokens) = upstream.split_last().unwrap();
    assert_eq!(done.data, "[DONE]");
    let token = |event: &Event| {
        let event: Value = serde_json::from_str(&event.data).unwrap();
        event["choices"][0]["delta"]["content"].as_str().unwrap().to_owned()
    };
    let tokens: Vec<String> = tokens.iter().map(token).collect();
    assert_eq!(tokens.concat(), demo.answer());

    let relayed = events(demo.get("/llm-relay.php"));
    let (done, relayed) = relayed.split_last().unwrap();
    assert_eq!((done.event.as_str(), done.data.as_str()), ("done", ""));
    let relayed_tokens: Vec<_> = relayed.iter().map(|event| event.data.as_str()).collect();
    assert_eq!(relayed_tokens, tokens);
    assert!(relayed.iter().all(|event| event.event == "token"), "{relayed:?}");
    assert!(tokens.iter().any(|token| token.starts_with("\n\n")), "{tokens:?}");

    let pieces = relayed.chunk_by(|one, next| one.at == next.at).count();
    assert!(pieces > tokens.len() / 2, "{} tokens came in {pieces} pieces", tokens.len());
}

#[test]
fn a_client_that_leaves_ends_the_relay_and_its_upstream() {
    let demo = Demo::start();
    demo.change(
        "llm-upstream.php",
        "$tokens[0] as",
        "new InfiniteIterator(new ArrayIterator($tokens[0])) as",
    );
    demo.get("/llm-relay.php").events().next_event();
    wait_for_end_of(&demo, "llm-relay.php");
    wait_for_end_of(&demo, "llm-upstream.php");
}

#[test]
fn a_relay_without_upstream_is_no_stream() {
    let demo = Demo::start();
    demo.change("llm-upstream.php", "<?php", "<?php http_response_code(503); exit;");
    assert_eq!(demo.get("/llm-relay.php").status(), 500);
}

#[test]
fn echo_stands_between_what_the_script_sends() {
    let demo = Demo::start();
    let mut expected = String::from(":\n");
    for n in 1..=5 {
        write!(expected, "event: echo\ndata: {n}\n\nevent: sent\ndata: {n}\n\n").unwrap();
    }
    expected += "event: done\ndata: \n\n";
    let body = demo.get("/echo-beside.php").into_body();
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

/// The next event of this type: the dashboard's come between.
#[track_caller]
fn next_of(stream: &mut EventStream, event: &str) -> Value {
    loop {
        let next = stream.next_event();
        if next.event == event {
            return serde_json::from_str(&next.data).unwrap();
        }
    }
}

#[test]
fn what_is_said_in_a_room_is_heard_there_only() {
    let demo = Demo::start();
    let mut lobby = demo.get("/chat.php?room=lobby").events();
    let mut kitchen = demo.get("/chat.php?room=kitchen").events();
    assert_eq!(demo.post("/say.php", "room=kitchen&text=dinner").status(), 204);
    assert_eq!(demo.post("/say.php", "room=lobby&text=hello").status(), 204);
    assert_eq!(next_of(&mut kitchen, "chat")["text"], "dinner");
    assert_eq!(next_of(&mut lobby, "chat")["text"], "hello");
}

#[test]
fn a_client_cannot_name_a_topic() {
    let demo = Demo::start();
    for path in ["/chat.php?room=orders.demo", "/live.php?room[]=lobby", "/chat.php?room="] {
        assert_eq!(demo.get(path).status(), 404, "{path}");
    }
    assert_eq!(demo.post("/say.php", "room=cellar&text=hello").status(), 404);
    assert_eq!(demo.post("/say.php", "room=lobby&text=%0A").status(), 422);
}

#[test]
fn a_queue_worker_tells_what_becomes_of_an_order() {
    let demo = Demo::start();
    let mut orders = demo.get("/orders.php").events();
    let mut dashboard = demo.get("/dashboard.php").events();
    let _worker = demo.start_worker();
    assert_eq!(demo.post("/order.php", "").status(), 202);
    let states: Vec<Value> =
        (0..4).map(|_| next_of(&mut orders, "order")["state"].clone()).collect();
    assert_eq!(states, ["received", "packed", "shipped", "delivered"]);
    assert_eq!(next_of(&mut dashboard, "status")["running"], true);
}

/// A demo whose PHP has curl.
fn with_curl() -> Demo {
    Demo::with(Php::with_sse().ini("extension", "curl"))
}

#[test]
fn curl_relays_what_its_upstream_sends() {
    let demo = with_curl();
    let sent = |script: &str| -> Vec<_> {
        events(demo.get(script)).into_iter().map(|event| (event.event, event.data)).collect()
    };
    let mut expected = sent("/llm-upstream.php");
    expected.push(("done".into(), String::new()));
    assert_eq!(sent("/curl-relay.php"), expected);
}

#[test]
fn a_silent_upstream_is_cut_when_its_reader_leaves() {
    let demo = with_curl();
    demo.site.write("examples/llm-upstream.php", "<?php sleep(60);");
    let mut relay = demo.get("/curl-relay.php");
    relay.body.read_until(b":\n", soon()).unwrap();
    drop(relay);
    wait_for_end_of(&demo, "curl-relay.php");
}
