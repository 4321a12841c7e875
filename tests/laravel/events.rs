//! What an application broadcasts, and in which ways.

use std::process::Command;

use serde_json::json;
use server_tests::binary;

use crate::scene::{App, Visitor, next};

#[test]
fn an_event_comes_on_each_of_its_channels_and_names_no_other() {
    let app = App::start();
    let mut events = app.user(1).follow(&["orders", "private-orders.1"]);
    app.text("/ship/1");
    for channel in ["orders", "private-orders.1"] {
        let shipped = json!({
            "channel": channel, "event": "App\\Events\\Shipped", "data": { "order": 1 }
        });
        assert_eq!(next(&mut events), shipped);
    }
}

#[test]
fn models_and_notifications_reach_their_users_channel() {
    let app = App::start();
    let channel = "private-App.Models.User.1";
    let mut events = app.user(1).follow(&[channel]);
    app.text("/post/1");
    app.artisan(&["queue:work", "--once", "--quiet"]);
    let created = next(&mut events);
    assert_eq!((&created["channel"], &created["event"]), (&json!(channel), &json!("PostCreated")));
    assert_eq!(created["data"]["model"], json!({ "user_id": 1, "title": "first", "id": 1 }));

    app.text("/greet/1");
    let greeting = next(&mut events);
    let class = "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated";
    assert_eq!((&greeting["channel"], &greeting["event"]), (&json!(channel), &json!(class)));
    assert_eq!(
        (&greeting["data"]["text"], &greeting["data"]["type"]),
        (&json!("hello"), &json!("App\\Notifications\\Greeting"))
    );
}

/// The client leaves itself out, by a mark that tells nobody else its socket id.
#[test]
fn to_others_leaves_out_the_one_whose_socket_it_was() {
    let app = App::start();
    let (ann, bob) = (app.user(1), app.user(2));
    let [mark_of_ann, mark_of_bob] = [&ann, &bob].map(Visitor::mark);
    let mut heard = bob.follow(&["orders"]);
    assert_eq!(ann.post("/ship/1", &json!({})).0, 200);
    let event = next(&mut heard);
    assert_eq!(event["except"], mark_of_ann);
    assert_ne!(mark_of_ann, mark_of_bob);
    assert!(!event.to_string().contains(&ann.socket), "{event}");
}

/// A container's worker is one of these: another PID namespace, and the same socket.
#[test]
fn an_event_from_a_queue_worker_in_another_pid_namespace_arrives() {
    let app = App::start();
    let mut events = app.guest().follow(&["counts"]);
    app.text("/queue/counts/42");

    let mut worker = Command::new("unshare");
    worker.args(["--pid", "--fork", "--mount-proc", "--kill-child"]).arg(binary::php());
    let output = worker.args(app.artisan_arguments(&["queue:work", "--once"])).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let counted = json!({ "channel": "counts", "event": "counted", "data": {
        "channel": "counts", "number": 42
    } });
    assert_eq!(next(&mut events), counted);
}

/// Nobody would get it, or it would go out in the open: the application is told, and nothing was published.
#[test]
fn an_event_on_a_channel_that_cannot_be_is_an_error_in_words() {
    let app = App::start();
    for (channel, kind) in [("presence-x", "a presence"), ("private-encrypted-x", "an encrypted")] {
        assert_eq!(app.get(&format!("/broadcast?channel={channel}")).status(), 500);
        let words = format!("said cannot be broadcast. \"{channel}\" is {kind} channel: ");
        assert!(app.log().contains(&words), "{}", app.log());
    }
    assert_eq!(app.get("/broadcast?channel=orders&size=1048576").status(), 500);
    app.wait_for_log("BroadcastException(code: 0): said cannot be broadcast: Sse::publish(): ", 1);
}

/// Both are of one user's on one machine, and so is their hub.
#[test]
fn applications_that_share_a_hub_stay_apart() {
    let app = App::start();
    let mut events = app.guest().follow(&["orders"]);
    app.with_another_key(|| app.text("/ship/1"));
    app.text("/ship/2");
    assert_eq!(next(&mut events)["data"], json!({ "order": 2 }));
}
