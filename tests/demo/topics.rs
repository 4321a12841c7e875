//! Events that are published under topics: a chat, orders, a dashboard.

use serde_json::Value;
use server_tests::http::EventStream;

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
