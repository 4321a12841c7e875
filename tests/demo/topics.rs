//! Events that are published under topics: a chat, orders, a dashboard.

use serde_json::Value;
use server_tests::content_coding::Decoded;
use server_tests::event_stream::EventStreamReader as Events;
use server_tests::http::{EventStream, Request};

use crate::site::Demo;

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

#[test]
fn a_board_is_rendered_anew_for_each_event_and_takes_little_on_the_wire() {
    let demo = Demo::start();
    let _worker = demo.start_worker();
    let request = Request::get("/board.php").header("Accept-Encoding", "zstd");
    let response = demo.send(&request);
    assert_eq!(response.header("Content-Encoding"), Some("zstd"));
    let mut stream = Events::new(Decoded::body_of(response));
    let (mut boards, mut plain) = (Vec::new(), 0);
    while boards.len() < 12 {
        let event = stream.next_event();
        plain += event.data.len();
        if event.event == "board" {
            boards.push(event.data);
        }
    }
    assert!(boards.iter().all(|board| board.matches("<li ").count() == 96), "{}", boards[0]);
    assert!(boards.windows(2).all(|two| two[0] != two[1]), "a board stands still");
    let encoded = stream.source().encoded().len();
    assert!(encoded * 10 < plain, "{encoded} bytes on the wire for {plain}");
}
